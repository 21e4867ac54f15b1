import JobmonGraph
import JobmonModel
import JobmonStore

/// The scheduler: a synchronous function from events to actions.
///
/// It uses no clock, no randomness, no thread and no file: the same plan and events give byte-identical actions. All
/// state is here: the states of the tasks in a `TaskStateTable`, the queues and the nodes in a `Placer`. The driver
/// (`Driver`) does everything that touches the outside.
public struct Engine: Sendable {
  let plan: EnginePlan
  /// Time of the current turn.
  var now: Instant
  /// The current turn's actions.
  var actions: [EngineAction] = []
  /// Instances whose outcomes were processed in the current turn, by cluster.
  var acknowledged: [[TaskInstanceID]]

  var tasks: TaskStateTable
  /// Chooses the next ready task and its node.
  var placer: Placer
  var urgency: Urgency
  /// The tasks that can no longer run.
  var blockage: Blockage
  let rankOfProfile: [Int32]
  let usesCallbacks: Bool

  /// Original requests of tasks whose resources a user has changed during the run.
  var ownRequests: [TaskIndex: ResourceRequest] = [:]

  var instanceIDs = InstanceIDs()
  var batches = 0
  var deferralNotices = DeferralNotices()

  /// Whether the plan's tasks are sorted into groups.
  var hasBegun = false
  /// Whether nothing starts because the disk of the log files is full.
  var isLogDiskFull = false
  /// Attempts of an earlier run that are cancelled: their tasks need no job, or must wait for a task upstream.
  var unwanted: Set<TaskInstanceID> = []
  /// What ends the run before its work does.
  var stopping: StopOrder?
  /// Whether the run is over, after ``EngineAction/finish(_:)``.
  public private(set) var isFinished = false

  /// Creates an engine at the start of a run. It starts nothing before ``EngineEvent/begin``.
  public init(_ plan: EnginePlan) {
    self.plan = plan
    now = plan.started
    tasks = TaskStateTable(plan)
    placer = Placer(plan)
    urgency = Urgency(plan)
    blockage = Blockage(templates: plan.templates.count)
    rankOfProfile = plan.profiles.map { Int32(clamping: $0.settings.priority) }
    usesCallbacks = plan.profiles.contains { !$0.settings.callbacks.isEmpty }
    acknowledged = Array(repeating: [], count: plan.clusters.count)
  }

  /// One turn: processes the events in order, and returns the resulting actions.
  public mutating func turn(_ events: [EngineEvent], now: Instant) throws(EngineError) -> [EngineAction] {
    self.now = now
    actions = []
    for event in events { try take(event) }
    for cluster in acknowledged.indices where !acknowledged[cluster].isEmpty {
      actions.append(.acknowledge(cluster: cluster, acknowledged[cluster]))
      acknowledged[cluster] = []
    }
    if !isFinished {
      if urgency.update(plan, done: tasks.doneCount) { placer.reorder(by: urgency) }
      try releaseDelayed()
      try checkCallbacks()
      checkTimeout()
      try submitReady()
      try conclude()
    }
    let result = actions
    actions = []
    return result
  }

  /// When the engine needs a tick, in monotonic milliseconds; nil if only events can change anything.
  public var wakeAt: Int64? {
    if isFinished { return nil }
    var times: [Int64] = []
    if let due = tasks.firstDelay { times.append(due) }
    if let deadline = tasks.firstDeadline { times.append(deadline) }
    if let timeout = plan.policy.timeout, stopping == nil { times.append(plan.started.monotonic + timeout) }
    return times.min()
  }

  /// Whether nothing is running or being recovered, and limits of 0 prevent all ready tasks from starting.
  var isPaused: Bool {
    tasks.isIdle && placer.clusters.allSatisfy { $0.recovering == 0 } && placer.isPaused
  }

  /// The tasks with an open attempt, in order.
  public var runningTasks: [TaskIndex] { tasks.openAttempts.map(\.task).sorted() }

  /// Tasks that are done, including those of earlier runs.
  var doneCount: Int { tasks.doneCount }
  /// Tasks that failed permanently in this run.
  var fatalCount: Int { tasks.fatalCount }
  /// Attempts that failed and were retried.
  var retries: Int { tasks.retries }

  /// The counts of tasks and attempts after the last turn; the elapsed time is monotonic, in milliseconds.
  public var progress: RunProgress {
    var progress = RunProgress(
      templates: tasks.counts, retries: tasks.retries, elapsed: now.monotonic - plan.started.monotonic)
    progress.runtimes = placer.prefetch.typicalRuntime
    progress.blocked = blockage.ofTemplate
    progress.workflowLimit = placer.limits.workflow
    progress.templateLimits = placer.limits.templates
    return progress
  }

  // MARK: Events

  private mutating func take(_ event: EngineEvent) throws(EngineError) {
    switch event {
    case .begin: try begin()
    case .executor(let cluster, let event): try take(event, of: cluster)
    case .instanceIDs(let ids): instanceIDs.take(ids)
    case .limits(let workflow, let templates):
      placer.setLimits(workflow: workflow, templates: templates)
      if placer.limits.isExceeded { withdrawWaiting() }
    case .share(let cluster, let amount): take(share: amount, of: cluster)
    case .logDisk(let isFull):
      isLogDiskFull = isFull
      if isFull { withdrawWaiting() }
    case .stop(let order): try stop(order)
    case .rerun(let request): try take(request)
    case .resolved(let task, let answer): try take(answer, for: task)
    case .tick: break
    }
  }

  /// Ends the run if nothing more can happen.
  private mutating func conclude() throws(EngineError) {
    if let stopping {
      let left = tasks.openAttempts.contains { attempt in
        switch stopping.running {
        case .leave: false
        case .cancelAll: true
        // An instance without a reply to its submission is not left before the backend has confirmed it.
        case .finish, .cancelLocal:
          !placer.clusters[placer.cluster(of: attempt.group)].outlivesDriver
            || tasks[attempt.task] == .submitted
        }
      }
      // Commands of an earlier run that end with their driver are already being cancelled. If that takes long, the next
      // run recovers them again.
      let awaits = placer.clusters.contains { $0.outlivesDriver && $0.recovering > 0 }
      if !left && (!awaits || stopping.running == .leave) { try finish(stopping.ending) }
    } else if tasks.isIdle && tasks.queuedCount == 0 && !tasks.isRecovering {
      try finish(.exhausted)
    }
  }

  private mutating func finish(_ ending: RunEnding) throws(EngineError) {
    isFinished = true
    try withdrawPrepared()
    actions.append(.finish(ending))
  }

  private mutating func checkTimeout() {
    guard stopping == nil, let timeout = plan.policy.timeout else { return }
    guard now.monotonic - plan.started.monotonic >= timeout else { return }
    beginStop(StopOrder(running: .cancelLocal, ending: .timeout))
  }

  mutating func stop(_ order: StopOrder) throws(EngineError) {
    // A second order has an effect only if it is more urgent: quit at once, or cancel what the first order let finish.
    if let stopping, !(order.running > stopping.running) { return }
    beginStop(StopOrder(running: order.running, ending: stopping?.ending ?? order.ending))
  }

  mutating func beginStop(_ order: StopOrder) {
    stopping = order
    if order.running == .finish { withdrawWaiting() }
    for (cluster, state) in placer.clusters.enumerated() {
      let ended = order.running == .cancelAll || (order.running == .cancelLocal && !state.outlivesDriver)
      guard ended else { continue }
      let instances = tasks.instances { placer.cluster(of: $0.group) == cluster && !$0.isCancelled }
      for instance in instances { tasks.setCancelled(instance) }
      if !instances.isEmpty { actions.append(.cancel(cluster: cluster, instances)) }
    }
  }

  /// Whether nothing new may start.
  var isStopping: Bool { stopping != nil }
}

extension StopOrder.Running: Comparable {
  private var urgency: Int {
    switch self {
    case .finish: 0
    case .cancelLocal: 1
    case .cancelAll: 2
    case .leave: 3
    }
  }

  /// Orders by urgency: finish, cancelLocal, cancelAll, leave. A later order takes effect only if it is greater.
  public static func < (left: Self, right: Self) -> Bool { left.urgency < right.urgency }
}

/// An internal fault of the engine. It stops the run, because the state may be wrong.
public enum EngineError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A task was to make a transition that `TaskState` does not allow.
  case illegalMove(task: TaskIndex, from: TaskStatus, to: TaskStatus)

  /// The message with which the run ends.
  public var description: String {
    switch self {
    case .illegalMove(let task, let from, let to):
      "internal error: task \(task) cannot go from \(from.rawValue) to \(to.rawValue); nothing was lost; resume to continue"
    }
  }
}
