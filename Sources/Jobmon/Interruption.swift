import Foundation

/// Stops a run from another thread, as Ctrl-C stops `jobmon run`. The first call starts no new tasks and ends running
/// ones, except those on clusters on which tasks outlive the driver. The second call quits at once. The workflow can be
/// resumed.
public final class Interruption: @unchecked Sendable {
  private let lock = NSLock()
  private var count = 0
  private var runner: WorkflowRunner?

  /// Creates an interruption. Pass it to a run before it is used, or use it during the run.
  public init() {}

  /// Interrupts the run. Can be called from any thread, but not from a signal handler. A call before the run has
  /// started takes effect when it starts.
  public func interrupt() {
    let runner = lock.withLock {
      count += 1
      return self.runner
    }
    runner?.interrupt()
  }

  /// Passes on earlier and later calls to a run.
  func reach(_ runner: WorkflowRunner?) {
    let missed = lock.withLock {
      self.runner = runner
      return count
    }
    for _ in 0..<missed { runner?.interrupt() }
  }
}
