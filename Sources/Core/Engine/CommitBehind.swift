import Dispatch
import JobmonStore

/// Commits on a separate thread while the run continues. Used for simulated time, where nothing outside the process
/// depends on a commit.
///
/// The number of pending commits is bounded. Their results are reported when the run waits for them: when too many are
/// pending, and before anything reads the store. So the behaviour of a run never depends on the speed of its store.
final class CommitBehind: @unchecked Sendable {
  /// The maximum number of pending commits: one in progress, and one to follow.
  private static let most = 2

  private let commit: @Sendable ([Transition]) throws -> Int64
  private let queue = DispatchQueue(label: "commits", qos: .userInitiated)
  /// Used only on the queue. After a failed commit, nothing more is committed.
  private var slicer = CommitSlicer()
  private var hasFailed = false
  /// Used only on the run's thread.
  private let order: AttemptOrder?
  private var open: OpenAttempts?
  private var underway: [Underway] = []

  /// A commit and its result; the semaphore passes it between the threads.
  private final class Underway: @unchecked Sendable {
    let isOver = DispatchSemaphore(value: 0)
    var result: Result<[CommitSlicer.Written], any Error> = .success([])
  }

  /// - Parameters:
  ///   - order: nil to commit in the recorded order.
  ///   - commit: makes one transaction, and returns the first `seq`.
  init(order: AttemptOrder?, _ commit: @escaping @Sendable ([Transition]) throws -> Int64) {
    self.commit = commit
    self.order = order
    open = order == nil ? nil : OpenAttempts()
  }

  /// Starts a commit. The run's thread computes the order, because it has less to do.
  ///
  /// - Parameter isComplete: false if changes of unfinished attempts may wait for the next commit.
  /// - Returns: the results of the commits that it had to wait for.
  /// - Throws: the error of such a commit.
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

  /// Waits for the pending commits, and returns their results; empty if none are pending.
  ///
  /// - Throws: the error of the first commit that failed.
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
