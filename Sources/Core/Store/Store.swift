import JobmonModel

/// Stores definitions, runs and history. It has few and coarse calls, so that a server could implement it.
///
/// Every call takes effect completely or not at all. All calls except ``beat(_:)`` are made from one thread at a time.
/// Calls throw ``StoreError``.
public protocol Store: AnyObject, Sendable {
  /// The store's UUID in lower case.
  var id: String { get }

  // MARK: Definitions

  /// The workflow with this key, if it was ever bound, completely or in part.
  func find(tool: String, version: String, workflowArgs: String) throws -> WorkflowRecord?
  /// The workflow with this id, even if it was replaced; nil if it does not exist.
  func find(_ workflow: WorkflowID) throws -> WorkflowRecord?

  /// The workflows with this name that are not DONE, newest first.
  func unfinishedWorkflows(named name: String, limit: Int) throws -> [WorkflowID]

  /// Stores a definition in slices, each of at most 100 ms, and returns its workflow id. An unfinished binding is
  /// discarded and begun again under the same id. If the workflow exists with the same identity, it gets the new names,
  /// resources, limits, attributes and op_args.
  ///
  /// - Throws: ``StoreError/workflowDiffers(_:_:)`` if the key exists with another identity and `changes` does not
  ///   allow this.
  func bind(_ definition: WorkflowDefinition, identity: WorkflowIdentity, changes: ChangePolicy) throws
    -> WorkflowID

  /// The DONE tasks of a stored workflow that have other op_args than in the definition. Both must have the same
  /// identity.
  func tasksWithOtherOpArgs(
    in workflow: WorkflowID, _ definition: WorkflowDefinition, _ identity: WorkflowIdentity
  ) throws -> [TaskID]

  /// Resets tasks and all tasks downstream of them. A workflow that was DONE becomes HALTED.
  ///
  /// - Returns: the number of tasks that changed: those that were not pending, and pending ones with retries.
  /// - Throws: ``RunRefusal`` with `workflow_held` while a run is live.
  func runAgain(_ tasks: [TaskID], of workflow: WorkflowID, by person: Operator) throws -> Int

  /// Checks that the path still refers to the file that was opened. If the file was removed or replaced, all later
  /// changes are lost.
  ///
  /// - Throws: ``StoreError/gone(path:)`` if it does not.
  func requireInPlace() throws

  /// Reads everything that a driver needs to run a workflow.
  func load(_ workflow: WorkflowID) throws -> StoredWorkflow

  // MARK: Runs and their lease

  /// Opens a run and takes the workflow's lease, if no run holds it, or only the run `dead`.
  ///
  /// - Parameter dead: a run that the caller has found dead, or that has handed over. The lease is not taken from any
  ///   other run.
  func openRun(_ workflow: WorkflowID, by driver: DriverRecord, over dead: WorkflowRunID?) throws
    -> LeaseGrant

  /// Increments the run's heartbeat counter; returns false if the run no longer holds its lease. Called from a separate
  /// thread.
  func beat(_ run: WorkflowRunID) throws -> Bool

  /// The holder of the workflow; nil if there is none.
  func holder(of workflow: WorkflowID) throws -> LeaseHolder?

  /// Asks the run that holds the workflow to hand over to a resume. Returns false if another resume has already asked
  /// it.
  func requestTakeOver(of run: WorkflowRunID, by driver: DriverRecord, cold: Bool) throws -> Bool

  /// Changes with every commit of another connection.
  func dataVersion() throws -> Int64

  /// The limits and requests for this run.
  func controls(_ run: WorkflowRunID) throws -> RunControls

  // MARK: The history

  /// A block of task instance ids that no other call gets.
  func reserveInstanceIDs(_ count: Int) throws -> Range<TaskInstanceID>

  /// Commits transitions together, in order, if `run` still holds its lease.
  ///
  /// - Parameter synced: whether they must survive a power failure. Otherwise they survive the end of any process.
  /// - Returns: the first `seq`. Each transition takes ``Transition/changeCount`` numbers, in order.
  /// - Throws: ``StoreError/leaseLost(_:)``. In this case nothing was written.
  func apply(_ transitions: [Transition], run: WorkflowRunID, synced: Bool) throws -> Int64

  /// Prepares for the changes of a whole workflow, committed as fast as possible.
  func expectBulk() throws

  /// Makes all commits survive a power failure.
  func sync() throws

  /// Makes the last commit of a run, synced: sets the statuses of the run and the workflow, and releases the lease.
  ///
  /// - Parameter ending: how the run ended; nil if it could not begin.
  /// - Returns: the `seq` of the run's change. The `seq` of the workflow's change is the next number.
  @discardableResult
  func closeRun(
    _ run: WorkflowRunID, status: WorkflowRunStatus, workflow: WorkflowStatus, ending: RunEnding?,
    runtimes: [TemplateRuntime]
  ) throws -> Int64
}

extension Store {
  /// Binds a definition without accepting changes.
  public func bind(_ definition: WorkflowDefinition, identity: WorkflowIdentity) throws -> WorkflowID {
    try bind(definition, identity: identity, changes: .refuse)
  }
}
