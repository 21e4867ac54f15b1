import Foundation

/// Stops a run from another thread, as Ctrl-C stops `jobmon run`: the first time it starts nothing new and ends what
/// runs, the second time it leaves at once. The workflow can be resumed.
public final class Interruption: @unchecked Sendable {
  private let lock = NSLock()
  private var count = 0
  private var runner: WorkflowRunner?

  /// Makes one that nobody has used yet: give it to a run before or while you interrupt.
  public init() {}

  /// Interrupts the run. From any thread, but not from a signal handler; before the run has begun it is remembered.
  public func interrupt() {
    let runner = lock.withLock {
      count += 1
      return self.runner
    }
    runner?.interrupt()
  }

  /// Passes on what came and what comes.
  func reach(_ runner: WorkflowRunner?) {
    let missed = lock.withLock {
      self.runner = runner
      return count
    }
    for _ in 0..<missed { runner?.interrupt() }
  }
}
