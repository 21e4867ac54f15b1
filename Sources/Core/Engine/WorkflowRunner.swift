import Foundation
import JobmonExecution
import JobmonModel
import JobmonStore

/// Runs workflows: stores them, takes their lease, and drives executors until nothing is left to do.
///
/// ``run(_:)`` and ``resume(_:)`` block the calling thread until the run is over. ``interrupt()`` may be called from
/// any other thread. A runner runs one workflow, once.
public final class WorkflowRunner: Sendable {
  let store: any Store
  let heartbeatStore: any Store
  let registry: PluginRegistry
  let options: RunOptions
  let observer: any RunObserver
  let resolver: (any ResourceResolver)?
  let mailbox = Mailbox<Message>()
  let interrupts = InterruptCount()

  /// - Parameters:
  ///   - heartbeatStore: the same store with a separate connection, for the heartbeat's thread.
  ///   - resolver: answers callbacks; without one, workflows with callbacks are refused.
  public init(
    store: any Store, heartbeatStore: any Store, registry: PluginRegistry, options: RunOptions,
    observer: any RunObserver, resolver: (any ResourceResolver)? = nil
  ) {
    self.store = store
    self.heartbeatStore = heartbeatStore
    self.registry = registry
    self.options = options
    self.observer = observer
    self.resolver = resolver
  }

  /// Interrupts the run, as Ctrl-C does. The first call stops new starts, and cancels or leaves running tasks. The
  /// second call quits at once.
  public func interrupt() {
    interrupts.add()
    mailbox.post([.interrupt])
  }

  /// Runs a workflow from its definition, or resumes it if the options request that.
  ///
  /// - Throws: ``RunRefusal`` if nothing was started; ``StoreError`` if the store failed during the run.
  public func run(_ workflow: WorkflowDefinition) throws -> RunResult {
    let session = RunSession(self, options: options)
    let binder = WorkflowBinder(store: store, options: options, notice: observer.noticed)
    let prepared = try binder.prepare(workflow)
    var orphans: [OpenInstance] = []
    if let existing = prepared.existing, existing.isBound {
      if existing.identity != prepared.identity.workflow {
        orphans = try binder.acceptChanges(of: existing, prepared)
      } else if let result = try session.judge(existing, prepared) {
        return result
      }
    } else if options.resume {
      observer.noticed("no such workflow yet: starting a new one")
    }
    return try session.withClusters {
      do {
        try session.refuseUnanswered(try session.preflight.profiles(of: prepared.definition))
        try session.preflight.end(orphans, workingDirectory: prepared.definition.header.workingDirectory)
      } catch is Preflight.Interrupted {
        session.preflight.close(atOnce: true)
        // Attempts of the workflow to be replaced that may still be running stay attempts of that workflow.
        if let existing = prepared.existing, !orphans.isEmpty {
          return session.interrupted(existing.id, existing)
        }
        // The workflow is stored anyway, so that it can be resumed by its id. The run ends before it takes the lease.
      }
      let workflow = try binder.store(prepared)
      try session.preflight.acknowledge(orphans)
      return try session.run(workflow)
    }
  }

  /// Resumes a stored workflow by its id.
  public func resume(_ workflow: WorkflowID) throws -> RunResult {
    let record = try store.resumable(workflow)
    // By default, it continues on the cluster where it last ran.
    var options = options
    options.cluster = options.cluster ?? record.lastCluster
    let session = RunSession(self, options: options)
    if record.status == .done { return try session.alreadyDone(record) }
    return try session.withClusters {
      // With one cluster for all tasks, an unusable cluster or folder is refused before a run is stored or a live run
      // is asked to hand over.
      if let cluster = options.cluster {
        do {
          _ = try session.preflight.open(cluster, workingDirectory: record.workingDirectory)
        } catch is Preflight.Interrupted {
          session.preflight.close(atOnce: true)
          return session.interrupted(workflow, record)
        }
      }
      return try session.run(workflow)
    }
  }
}

extension Store {
  /// The record of a workflow that can be resumed by its id, or is done.
  ///
  /// - Throws: ``RunRefusal`` if the workflow does not exist, or was replaced by another one.
  package func resumable(_ workflow: WorkflowID) throws -> WorkflowRecord {
    guard let record = try find(workflow) else { throw RunRefusal(ResumeRefusal.unknown(workflow)) }
    guard record.isBound else { throw RunRefusal(ResumeRefusal.cutShort(workflow)) }
    if let next = record.replacedBy { throw RunRefusal(ResumeRefusal.replaced(workflow, by: next)) }
    return record
  }
}

/// Counts interrupts from any thread.
final class InterruptCount: @unchecked Sendable {
  private let lock = NSLock()
  private var count = 0

  func add() {
    lock.lock()
    count += 1
    lock.unlock()
  }

  var value: Int {
    lock.lock()
    defer { lock.unlock() }
    return count
  }

  var isAny: Bool { value > 0 }
}
