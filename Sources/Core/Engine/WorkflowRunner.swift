import Foundation

/// Runs workflows: binds them, takes their lease, drives executors until nothing is left to do.
///
/// ``run(_:)`` and ``resume(_:)`` block the calling thread until the run is over; ``interrupt()`` may be called from
/// any other.
public final class WorkflowRunner: Sendable {
  let store: any Store
  let registry: PluginRegistry
  let options: RunOptions
  let observer: any RunObserver

  /// - Parameter heartbeatStore: the same store through a connection of its own, for the heartbeat's thread.
  public init(
    store: any Store, heartbeatStore: any Store, registry: PluginRegistry, options: RunOptions,
    observer: any RunObserver
  ) {
    self.store = store
    self.registry = registry
    self.options = options
    self.observer = observer
  }

  /// Runs a workflow from its definition, or resumes it where the options say so.
  ///
  /// - Throws: ``RunRefusal`` where nothing was started; ``StoreError`` where the store failed while it ran.
  public func run(_ workflow: WorkflowDefinition) throws -> RunResult {
    throw RunRefusal(.invalidUsage, "not yet")
  }

  /// Resumes a workflow by its id, from what the store keeps.
  public func resume(_ workflow: WorkflowID) throws -> RunResult {
    throw RunRefusal(.invalidUsage, "not yet")
  }

  /// As Ctrl-C: the first call stops starting tasks and ends or leaves what runs, the second leaves at once.
  public func interrupt() {}
}
