import Dispatch

/// Commits on a thread of its own while the run goes on: for simulated time, where nothing outside waits for a commit.
///
/// One commit at a time is under way. What it came to is told where the run waits for it: at the next hand-over, and
/// before anything looks at what was written. So what a run does never depends on how fast its store is.
final class CommitBehind: @unchecked Sendable {
  private let commit: @Sendable ([Transition]) throws -> Int64
  private let queue = DispatchQueue(label: "commits", qos: .userInitiated)
  private let isOver = DispatchSemaphore(value: 0)
  /// Touched by the queue alone.
  private var slicer: CommitSlicer
  private var open: OpenAttempts?
  /// The commit that is under way: touched by the run's thread alone.
  private var isUnderway = false
  /// What it came to: handed from thread to thread by the semaphore.
  private var result: Result<[CommitSlicer.Written], any Error>?

  /// - Parameters:
  ///   - order: nil where everything is committed as it comes.
  ///   - commit: makes one transaction, and returns the first `seq`.
  init(order: AttemptOrder?, _ commit: @escaping @Sendable ([Transition]) throws -> Int64) {
    self.commit = commit
    slicer = CommitSlicer(order: order)
    open = order == nil ? nil : OpenAttempts()
  }

  /// Begins to commit; nothing may be under way.
  ///
  /// - Parameter isComplete: false where what is said of attempts that have not ended may wait for the next commit.
  func begin(_ transitions: [Transition], isComplete: Bool) {
    precondition(!isUnderway)
    isUnderway = true
    queue.async { [self] in
      let ready = open?.exchange(transitions, isComplete: isComplete) ?? transitions
      result = Result { ready.isEmpty ? [] : try slicer.commit(ready) { slice, _ in try commit(slice) } }
      isOver.signal()
    }
  }

  /// Waits for what is under way; empty where nothing is.
  ///
  /// - Throws: what the commit threw.
  func finish() throws -> [CommitSlicer.Written] {
    guard isUnderway else { return [] }
    isOver.wait()
    isUnderway = false
    return try result!.get()
  }
}
