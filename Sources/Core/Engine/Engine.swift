import JobmonModel
import JobmonStore

/// The scheduler: a synchronous function from events to actions.
///
/// No clock, no randomness, no thread, no file: the same plan and events give the same actions, to the byte. All
/// state is here: the states of the tasks in a `TaskStateTable`, the queues and the nodes in a `Placer`. Whatever touches
/// the outside is the driver's (`Driver`).
public struct Engine: Sendable {
  let plan: EnginePlan
  /// Time of the current turn.
  var now: Instant
  /// What the current turn wants done.
  var actions: [EngineAction] = []
  /// Whose outcomes the current turn has taken, by cluster.
  var acknowledged: [[TaskInstanceID]]

  /// The state of each task.
  var tasks: TaskStateTable
  /// Which ready task starts next, and where.
  var placer: Placer
  var urgency: Urgency
  /// Which tasks cannot run any more.
  var blockage: Blockage
  let rankOfProfile: [Int32]
  let usesCallbacks: Bool

  /// What tasks ask for that a person has given other resources while the run goes on.
  var ownRequests: [TaskIndex: ResourceRequest] = [:]

  var instanceIDs = InstanceIDs()
  var batches = 0
  var deferralNotices = DeferralNotices()

  /// Whether the plan's tasks are sorted into groups.
  var hasBegun = false
  /// Whether nothing starts for want of room for log files.
  var isLogDiskFull = false
  /// Attempts of an earlier run that are cancelled: their tasks need no job, or must wait for a task upstream.
  var unwanted: Set<TaskInstanceID> = []
  /// What ends the run before its work does.
  var stopping: StopOrder?
  /// Whether ``EngineAction/finish(_:)`` was given.
  public private(set) var isFinished = false

  /// Makes an engine at the start of a run. It starts nothing before ``EngineEvent/begin``.
  public init(_ plan: EnginePlan) {
    self.plan = plan
    now = plan.started
    tasks = TaskStateTable(plan)
    placer = Placer(plan)
    urgency = Urgency(plan)
    blockage = Blockage(plan)
    rankOfProfile = plan.profiles.map { Int32(clamping: $0.settings.priority) }
    usesCallbacks = plan.profiles.contains { !$0.settings.callbacks.isEmpty }
    acknowledged = Array(repeating: [], count: plan.clusters.count)
  }

  /// One turn: takes the events in order, and returns what is to be done.
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

  /// When the engine wants a tick, in monotonic milliseconds; nil where only events can change anything.
  public var wakeAt: Int64? {
    if isFinished { return nil }
    var times: [Int64] = []
    if let due = tasks.firstDelay { times.append(due) }
    if let deadline = tasks.firstDeadline { times.append(deadline) }
    if let timeout = plan.policy.timeout, stopping == nil { times.append(plan.started.monotonic + timeout) }
    return times.min()
  }

  /// Whether nothing runs, nothing is being found out, and limits of 0 keep all that is ready from starting, until
  /// somebody says otherwise.
  var isPaused: Bool {
    tasks.isIdle && placer.clusters.allSatisfy { $0.recovering == 0 } && placer.isPaused
  }

  /// The tasks with an open attempt, in order.
  public var runningTasks: [TaskIndex] { tasks.openAttempts.map(\.task).sorted() }

  /// Tasks that are done, those of earlier runs included.
  var doneCount: Int { tasks.doneCount }
  /// Tasks that failed for good in this run.
  var fatalCount: Int { tasks.fatalCount }
  /// Attempts that failed and were followed by another one.
  var retries: Int { tasks.retries }

  /// The counts of tasks and attempts as of the last turn; the elapsed time is monotonic, in milliseconds.
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
    case .rerun(let wish): try take(wish)
    case .resolved(let task, let answer): try take(answer, for: task)
    case .tick: break
    }
  }

  /// Ends the run unless something can still happen.
  private mutating func conclude() throws(EngineError) {
    if let stopping {
      let left = tasks.openAttempts.contains { attempt in
        switch stopping.running {
        case .leave: false
        case .cancelAll: true
        // An instance whose submission has no answer yet is not left before it is known to the backend.
        case .finish, .cancelLocal:
          !placer.clusters[placer.cluster(of: attempt.group)].outlivesDriver
            || tasks[attempt.task] == .submitted
        }
      }
      // What an earlier run left of commands that end with their driver is being ended already: where that takes long, the
      // next run asks again.
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
    // A second order may only be more urgent: leaving at once, or ending what the first one let finish.
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

  /// Orders by urgency: finish, cancelLocal, cancelAll, leave. A later order takes effect only where it is greater.
  public static func < (left: Self, right: Self) -> Bool { left.urgency < right.urgency }
}

/// A fault in the engine itself: it stops the run rather than go on with a wrong state.
public enum EngineError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A task was to take a step that is not among the moves of `TaskState`.
  case illegalMove(task: TaskIndex, from: TaskStatus, to: TaskStatus)

  /// The sentence that the run ends with.
  public var description: String {
    switch self {
    case .illegalMove(let task, let from, let to):
      "internal error: task \(task) cannot go from \(from.rawValue) to \(to.rawValue); nothing was lost; resume to continue"
    }
  }
}
