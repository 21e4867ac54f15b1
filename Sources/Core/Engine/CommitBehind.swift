import Dispatch

/// Commits on a thread of its own while the run goes on: for simulated time, where nothing outside waits for a commit.
///
/// One commit at a time is under way. What it came to is told where the run waits for it: at the next hand-over, and
/// before anything looks at what was written. So what a run does never depends on how fast its store is.
final class CommitBehind: @unchecked Sendable {
  /// What was written, and the first `seq` of it.
  struct Written {
    var transitions: [Transition]
    var firstSeq: Int64
  }

  private let commit: @Sendable ([Transition]) throws -> Int64
  private let queue = DispatchQueue(label: "commits", qos: .userInitiated)
  private let isOver = DispatchSemaphore(value: 0)
  /// The commit that is under way: touched by the run's thread alone.
  private var underway: [Transition]?
  /// What it came to: handed from thread to thread by the semaphore.
  private var result: Result<Int64, any Error>?

  /// - Parameter commit: returns the first `seq`.
  init(_ commit: @escaping @Sendable ([Transition]) throws -> Int64) { self.commit = commit }

  /// Begins to commit; none may be under way.
  func begin(_ transitions: [Transition]) {
    precondition(underway == nil)
    underway = transitions
    queue.async { [self] in
      result = Result { try commit(transitions) }
      isOver.signal()
    }
  }

  /// Waits for the commit that is under way; nil where none is.
  ///
  /// - Throws: what the commit threw.
  func finish() throws -> Written? {
    guard let transitions = underway else { return nil }
    isOver.wait()
    underway = nil
    return Written(transitions: transitions, firstSeq: try result!.get())
  }
}
