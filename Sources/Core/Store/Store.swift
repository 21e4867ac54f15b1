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

/// What is done where a workflow is bound that is stored under the same key with another identity.
public enum ChangePolicy: Sendable {
  /// Nothing is written: ``StoreError/workflowDiffers(_:_:)``.
  case refuse
  /// A workflow of its own takes the old one's place and keeps the results that still hold (``ChangePlan``).
  case accept
  /// The same, but every DONE task that is the same keeps its result, whatever else has changed.
  case acceptAndKeepDone
}

/// One workflow as the store lists it.
public struct WorkflowRecord: Hashable, Codable, Sendable {
  /// The workflow's key in the store.
  public var id: WorkflowID
  /// The name that it was last bound with; for people, and not unique.
  public var name: String
  /// The tool that it belongs to.
  public var tool: String
  /// The version of the tool, as text.
  public var toolVersion: String
  /// With ``tool`` and ``toolVersion`` the workflow's key: no two workflows that were not replaced have the same.
  public var workflowArgs: String
  /// The status as of the last commit.
  public var status: WorkflowStatus
  /// Whether every task has been written.
  public var isBound: Bool
  /// Whether any task instance was ever made.
  public var hasStarted: Bool
  /// The identity it was bound with.
  public var identity: Digest32
  /// Where its commands run; a run keeps the one that it began with.
  public var workingDirectory: String
  /// The folder of the workflow file that it was bound from; nil where a program built it.
  public var projectFolder: String?
  /// The workflow that took this one's place when its changes were accepted.
  public var replacedBy: WorkflowID?
  /// The cluster that the last run was told to use for all tasks, if it was.
  public var lastCluster: String?

  /// A record as it is read; what it leaves out is nil.
  public init(
    id: WorkflowID, name: String, tool: String, toolVersion: String, workflowArgs: String,
    status: WorkflowStatus,
    isBound: Bool, hasStarted: Bool, identity: Digest32, workingDirectory: String, lastCluster: String?
  ) {
    self.id = id
    self.name = name
    self.tool = tool
    self.toolVersion = toolVersion
    self.workflowArgs = workflowArgs
    self.status = status
    self.isBound = isBound
    self.hasStarted = hasStarted
    self.identity = identity
    self.workingDirectory = workingDirectory
    self.lastCluster = lastCluster
  }
}

/// A workflow as a driver loads it.
public struct StoredWorkflow: Sendable {
  /// The workflow's own row.
  public var record: WorkflowRecord
  /// The definition as it was last bound; a task's index is its place in the store, too.
  public var definition: WorkflowDefinition
  /// The id of the task with index 0; the others follow.
  public var firstTask: TaskID
  /// G, D or F where no instance is open (E and A are stored as such, too), by task index.
  public var statuses: [TaskStatus]
  /// Instances without an outcome, of earlier runs.
  public var openInstances: [OpenInstance]
  /// Tasks that are not done and whose last attempt ran out of a resource, with what it had asked for.
  public var resourceFailures: [ResourceFailure]
  /// Mean runtimes seen so far, by template (in this and other workflows).
  public var runtimes: [TemplateRuntime]
  /// Seconds that each task took in the last finished workflow of the same tool and name; negative where that is not known.
  /// Empty where there is none.
  public var taskRuntimes: [Float]

  /// A workflow from its parts. `statuses` has an entry for each task; so has `taskRuntimes`, or none at all.
  public init(
    record: WorkflowRecord, definition: WorkflowDefinition, firstTask: TaskID, statuses: [TaskStatus],
    openInstances: [OpenInstance], resourceFailures: [ResourceFailure], runtimes: [TemplateRuntime],
    taskRuntimes: [Float] = []
  ) {
    self.record = record
    self.definition = definition
    self.firstTask = firstTask
    self.statuses = statuses
    self.openInstances = openInstances
    self.resourceFailures = resourceFailures
    self.runtimes = runtimes
    self.taskRuntimes = taskRuntimes
  }
}

/// An attempt whose end nobody has committed.
public struct OpenInstance: Hashable, Codable, Sendable {
  /// The attempt's id in the store.
  public var instance: TaskInstanceID
  /// The index of its task.
  public var task: TaskIndex
  /// Counted from 1 in the run that made it.
  public var attempt: Int
  /// The run that made it, or that adopted it last.
  public var run: WorkflowRunID
  /// The name of the cluster that it was submitted to.
  public var cluster: String
  /// The token of its batch, unique for all time; with ``index`` the name that the cluster knows the attempt by.
  public var token: String
  /// Its place in the batch.
  public var index: Int
  /// What it asked for.
  public var request: ResourceRequest
  /// The cluster's own name for it or for its batch; nil where the cluster had not accepted it yet.
  public var handle: String?
  /// When its command started, by the wall clock; nil where it has not, as far as it is known.
  public var started: Timestamp?

  /// An open attempt as it is read from the store.
  public init(
    instance: TaskInstanceID, task: TaskIndex, attempt: Int, run: WorkflowRunID, cluster: String,
    token: String,
    index: Int, request: ResourceRequest, handle: String?, started: Timestamp?
  ) {
    self.instance = instance
    self.task = task
    self.attempt = attempt
    self.run = run
    self.cluster = cluster
    self.token = token
    self.index = index
    self.request = request
    self.handle = handle
    self.started = started
  }
}

/// A task whose last attempt ran out of memory or time, and which is still to be done.
public struct ResourceFailure: Hashable, Codable, Sendable {
  /// The index of the task.
  public var task: TaskIndex
  /// What it ran out of.
  public var resource: ScalableResource
  /// What that attempt had asked for: the next one asks for more.
  public var request: ResourceRequest

  /// A failure as it is read from the store.
  public init(task: TaskIndex, resource: ScalableResource, request: ResourceRequest) {
    self.task = task
    self.resource = resource
    self.request = request
  }
}

/// How long the tasks of a template ran, as far as it was seen.
public struct TemplateRuntime: Hashable, Codable, Sendable {
  /// Place in ``WorkflowDefinition/templates``.
  public var template: Int
  /// How many attempts the mean is of: those that were measured and made their task DONE.
  public var count: Int
  /// Seconds.
  public var mean: Double

  /// A mean of `count` run times, in seconds.
  public init(template: Int, count: Int, mean: Double) {
    self.template = template
    self.count = count
    self.mean = mean
  }
}

/// The process that drives a run: everything needed to tell, on the same host, whether it still lives.
public struct DriverRecord: Hashable, Codable, Sendable {
  /// The run's UUID, made by the driver before it asks for the lease.
  public var runUUID: String
  /// The host that the process runs on, by the name that uname(2) gives.
  public var host: String
  /// The process id, in the namespace ``pidNamespace``.
  public var pid: Int32
  /// When the process started, in clock ticks since boot (/proc/PID/stat, field 22).
  public var processStart: Int64
  /// /proc/sys/kernel/random/boot_id.
  public var bootID: String
  /// /proc/self/ns/pid.
  public var pidNamespace: String
  /// The user that the process runs as: real user id.
  public var uid: UInt32
  /// The name of that user, as ``CurrentUser/name`` gives it.
  public var user: String
  /// The cluster that the run was started on.
  public var cluster: String
  /// Whether it was given for all tasks (`-c`); else each task's own levels decide. nil in rows of older versions.
  public var clusterWasGiven: Bool?
  /// The folder of the run's log files.
  public var logs: String
  /// Whether the run began as a resume, and of which kind.
  public var resume: WorkflowRunStatus?

  /// A record of a process that is about to ask for a lease.
  public init(
    runUUID: String, host: String, pid: Int32, processStart: Int64, bootID: String, pidNamespace: String,
    uid: UInt32,
    user: String, cluster: String, clusterWasGiven: Bool? = nil, logs: String, resume: WorkflowRunStatus?
  ) {
    self.runUUID = runUUID
    self.host = host
    self.pid = pid
    self.processStart = processStart
    self.bootID = bootID
    self.pidNamespace = pidNamespace
    self.uid = uid
    self.user = user
    self.cluster = cluster
    self.clusterWasGiven = clusterWasGiven
    self.logs = logs
    self.resume = resume
  }
}

/// The answer to a driver that asks for a workflow's lease.
public enum LeaseGrant: Hashable, Sendable {
  /// The run's id, and the `seq` of its change; the workflow's is the next.
  case granted(WorkflowRunID, seq: Int64)
  /// Another run holds the workflow: nothing was changed.
  case held(LeaseHolder)
}

/// The run that holds a workflow.
public struct LeaseHolder: Hashable, Codable, Sendable {
  /// The run that holds the workflow.
  public var run: WorkflowRunID
  /// The process that drives it.
  public var driver: DriverRecord
  /// Moves as long as the driver lives.
  public var beats: Int64
  /// When the run began, by the wall clock of its host.
  public var since: Timestamp
  /// The UUID of the run that has asked this one to let go, if any has.
  public var askedBy: String?

  /// A holder as it is read from the store.
  public init(run: WorkflowRunID, driver: DriverRecord, beats: Int64, since: Timestamp, askedBy: String?) {
    self.run = run
    self.driver = driver
    self.beats = beats
    self.since = since
    self.askedBy = askedBy
  }
}

/// What people have asked of a live run.
public struct RunControls: Hashable, Codable, Sendable {
  /// nil is no limit, 0 a pause.
  public var workflowLimit: Int?
  /// By place in ``WorkflowDefinition/templates``; a template that is not named has no limit.
  public var templateLimits: [Int: Int]
  /// Why the run is to end early; nil where nobody has asked for that.
  public var stop: StopRequest?
  /// Whether the run still holds its lease.
  public var holdsLease: Bool

  /// Who wants a run to end early, and how.
  public enum StopRequest: Hashable, Codable, Sendable {
    /// A person wants it, by name; `cancel` ends what runs, too.
    case stop(cancel: Bool, by: String)
    /// A resume wants the workflow: by the run with this UUID. `cold` ends what runs.
    case takeOver(by: String, cold: Bool)
  }

  /// Controls; without arguments those of a run that nobody has asked anything of.
  public init(
    workflowLimit: Int? = nil, templateLimits: [Int: Int] = [:], stop: StopRequest? = nil,
    holdsLease: Bool = true
  ) {
    self.workflowLimit = workflowLimit
    self.templateLimits = templateLimits
    self.stop = stop
    self.holdsLease = holdsLease
  }
}
