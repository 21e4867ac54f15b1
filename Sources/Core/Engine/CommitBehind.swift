import Dispatch

/// Commits on a thread of its own while the run goes on: for simulated time, where nothing outside waits for a commit.
///
/// One commit at a time is under way. What it came to is told where the run waits for it: at the next hand-over, and
/// before anything looks at what was written. So what a run does never depends on how fast its store is.
final class CommitBehind: @unchecked Sendable {
  /// What one transaction has written, and the first `seq` of it.
  struct Written {
    var transitions: [Transition]
    var firstSeq: Int64
  }

  /// How many changes one transaction writes at most, where several transitions make them: other programs wait for the
  /// lock meanwhile. 40 to 80 ms of writing; 250 ms where the tasks are all over a table that is larger than the cache.
  /// With a third of it random workflows took a third longer: attempts are then written twice.
  private static let changesAtOnce = 50_000

  private let commit: @Sendable ([Transition]) throws -> Int64
  private let queue = DispatchQueue(label: "commits", qos: .userInitiated)
  private let isOver = DispatchSemaphore(value: 0)
  /// The commit that is under way: touched by the run's thread alone.
  private var isUnderway = false
  /// What it came to: handed from thread to thread by the semaphore.
  private var result: Result<[Written], any Error>?

  /// - Parameter commit: makes one transaction, and returns the first `seq`.
  init(_ commit: @escaping @Sendable ([Transition]) throws -> Int64) { self.commit = commit }

  /// Begins to commit; nothing may be under way.
  func begin(_ transitions: [Transition]) {
    precondition(!isUnderway)
    isUnderway = true
    queue.async { [self] in
      result = Result {
        try Self.parts(of: transitions).map { Written(transitions: $0, firstSeq: try commit($0)) }
      }
      isOver.signal()
    }
  }

  /// Waits for what is under way; empty where nothing is.
  ///
  /// - Throws: what the commit threw.
  func finish() throws -> [Written] {
    guard isUnderway else { return [] }
    isOver.wait()
    isUnderway = false
    return try result!.get()
  }

  /// The transitions in their order, in parts that are not too much for one transaction.
  private static func parts(of transitions: [Transition]) -> [[Transition]] {
    var parts: [[Transition]] = []
    var (start, changes) = (0, 0)
    for (place, transition) in transitions.enumerated() {
      if place > start, changes + transition.changeCount > changesAtOnce {
        parts.append(Array(transitions[start..<place]))
        (start, changes) = (place, 0)
      }
      changes += transition.changeCount
    }
    parts.append(Array(transitions[start...]))
    return parts
  }
}
