import Dispatch
import JobmonStore

/// Commits on a thread of its own while the run goes on: for simulated time, where nothing outside waits for a commit.
///
/// Few commits are under way. What they came to is told where the run waits for them: where there are too many, and before
/// anything looks at what was written. So what a run does never depends on how fast its store is.
final class CommitBehind: @unchecked Sendable {
  /// How many commits may be under way: one that is made, and one for when it has ended.
  private static let most = 2

  private let commit: @Sendable ([Transition]) throws -> Int64
  private let queue = DispatchQueue(label: "commits", qos: .userInitiated)
  /// Touched by the queue alone. What follows a commit that failed is not committed.
  private var slicer = CommitSlicer()
  private var hasFailed = false
  /// Touched by the run's thread alone.
  private let order: AttemptOrder?
  private var open: OpenAttempts?
  private var underway: [Underway] = []

  /// A commit, and what it came to: handed from thread to thread by the semaphore.
  private final class Underway: @unchecked Sendable {
    let isOver = DispatchSemaphore(value: 0)
    var result: Result<[CommitSlicer.Written], any Error> = .success([])
  }

  /// - Parameters:
  ///   - order: nil where everything is committed as it comes.
  ///   - commit: makes one transaction, and returns the first `seq`.
  init(order: AttemptOrder?, _ commit: @escaping @Sendable ([Transition]) throws -> Int64) {
    self.commit = commit
    self.order = order
    open = order == nil ? nil : OpenAttempts()
  }

  /// Begins to commit. The order is found on the run's thread, which has less to do.
  ///
  /// - Parameter isComplete: false where what is said of attempts that have not ended may wait for the next commit.
  /// - Returns: what was under way, and had to be waited for.
  /// - Throws: what its commit threw.
  func begin(_ transitions: [Transition], isComplete: Bool) throws -> [CommitSlicer.Written] {
    let ready = open?.exchange(transitions, isComplete: isComplete) ?? transitions
    let pending = CommitSlicer.Pending(ready, order: order)
    let before = underway.count < Self.most ? [] : try finishFirst()
    if pending.isEmpty { return before }
    let next = Underway()
    underway.append(next)
    queue.async { [self] in
      next.result = Result {
        hasFailed ? [] : try slicer.commit(pending) { slice, _ in try commit(slice) }
      }
      if case .failure = next.result { hasFailed = true }
      next.isOver.signal()
    }
    return before
  }

  /// Waits for what is under way; empty where nothing is.
  ///
  /// - Throws: what the first commit threw that failed.
  func finish() throws -> [CommitSlicer.Written] {
    var written: [CommitSlicer.Written] = []
    while !underway.isEmpty { written += try finishFirst() }
    return written
  }

  private func finishFirst() throws -> [CommitSlicer.Written] {
    let first = underway.removeFirst()
    first.isOver.wait()
    return try first.result.get()
  }
}
