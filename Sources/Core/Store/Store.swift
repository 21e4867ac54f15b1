import JobmonModel

/// Where definitions, runs and history are kept: a dozen coarse calls, so that a server can stand behind them one day.
///
/// Every call either happened as a whole or not at all. All but ``beat(_:)`` are made from one thread at a time.
/// Throws ``StoreError``.
public protocol Store: AnyObject, Sendable {
  /// The store's UUID, lower case.
  var id: String { get }

  // MARK: Definitions

  /// The workflow with this key, if it was ever bound (in whole or in part).
  func find(tool: String, version: String, workflowArgs: String) throws -> WorkflowRecord?
  /// The workflow with this id, also one that was replaced; nil where there is none.
  func find(_ workflow: WorkflowID) throws -> WorkflowRecord?

  /// The newest workflows of this name that are not done, newest first.
  func unfinishedWorkflows(named name: String, limit: Int) throws -> [WorkflowID]

  /// Writes a definition, slice by slice, none longer than 100 ms, and returns its workflow id. A definition that was
  /// cut short is continued; one that exists whole with the same identity gets the new names, resources, limits,
  /// attributes and op_args.
  ///
  /// - Throws: ``StoreError/workflowDiffers(_:_:)`` where the key exists with another identity and `changes` does not allow
  ///   that.
  func bind(_ definition: WorkflowDefinition, identity: WorkflowIdentity, changes: ChangePolicy) throws
    -> WorkflowID

  /// The tasks of a stored workflow that are DONE with other op_args than the definition gives them now. The two have the
  /// same identity.
  func tasksWithOtherOpArgs(
    in workflow: WorkflowID, _ definition: WorkflowDefinition, _ identity: WorkflowIdentity
  ) throws -> [TaskID]

  /// Sets tasks back to be run again, with all tasks downstream of them; a workflow that was DONE is HALTED then.
  ///
  /// - Returns: how many tasks that were not pending are set back.
  /// - Throws: ``RunRefusal`` with `workflow_held` while a run is live.
  func runAgain(_ tasks: [TaskID], of workflow: WorkflowID, by person: Operator) throws -> Int

  /// Whether the file is still the one that was opened: one that was removed or replaced takes everything with it.
  ///
  /// - Throws: ``StoreError/gone(path:)`` where it is not.
  func requireInPlace() throws

  /// Everything a driver needs to run a workflow.
  func load(_ workflow: WorkflowID) throws -> StoredWorkflow

  // MARK: Runs and their lease

  /// Opens a run and takes the workflow's lease, where nobody holds it, or only one that is `dead`.
  ///
  /// - Parameter dead: the run that the caller has found dead, or that let go. The lease is taken from no other.
  func openRun(_ workflow: WorkflowID, by driver: DriverRecord, over dead: WorkflowRunID?) throws
    -> LeaseGrant

  /// Moves the run's beat counter; false where the run no longer holds its lease. Called from a thread of its own.
  func beat(_ run: WorkflowRunID) throws -> Bool

  /// Who holds the workflow, if anybody does.
  func holder(of workflow: WorkflowID) throws -> LeaseHolder?

  /// Asks the run that holds the workflow to let go in favour of a resume. False where another resume asked before.
  func requestTakeOver(of run: WorkflowRunID, by driver: DriverRecord, cold: Bool) throws -> Bool

  /// Changes with every commit that another connection makes.
  func dataVersion() throws -> Int64

  /// What people have asked of this run.
  func controls(_ run: WorkflowRunID) throws -> RunControls

  // MARK: The history

  /// A block of task instance ids that nobody else gets.
  func reserveInstanceIDs(_ count: Int) throws -> Range<TaskInstanceID>

  /// Commits transitions together, in order, if `run` still holds its lease.
  ///
  /// - Parameter synced: whether they must survive the loss of power (else: of any process).
  /// - Returns: the first `seq`; each transition takes as many as its ``Transition/changeCount`` says, in order.
  /// - Throws: ``StoreError/leaseLost(_:)``; then nothing was written.
  func apply(_ transitions: [Transition], run: WorkflowRunID, synced: Bool) throws -> Int64

  /// Says that the changes of a whole workflow are about to be committed as fast as they can be.
  func expectBulk() throws

  /// Makes everything committed so far survive the loss of power.
  func sync() throws

  /// The last commit of a run, synced: its status, the workflow's, and the lease let go.
  ///
  /// - Parameter ending: how it came to its end; nil where it could not begin.
  /// - Returns: the `seq` of the run's change; the workflow's is the next.
  @discardableResult
  func closeRun(
    _ run: WorkflowRunID, status: WorkflowRunStatus, workflow: WorkflowStatus, ending: RunEnding?,
    runtimes: [TemplateRuntime]
  ) throws -> Int64
}

extension Store {
  /// Binds a definition whose changes are not accepted.
  public func bind(_ definition: WorkflowDefinition, identity: WorkflowIdentity) throws -> WorkflowID {
    try bind(definition, identity: identity, changes: .refuse)
  }
}
