import JobmonCollections
import JobmonModel
import JobmonStore

/// The scheduler: a synchronous function from events to actions.
///
/// No clock, no randomness, no thread, no file: the same plan and events give the same actions, to the byte. All
/// state is here, in arrays by task; whatever touches the outside is the driver's (`Driver`).
public struct Engine: Sendable {
  let plan: EnginePlan
  /// Time of the current turn.
  var now: Instant
  /// What the current turn wants done.
  var actions: [EngineAction] = []
  /// Whose outcomes the current turn has taken, by cluster.
  var acknowledged: [[TaskInstanceID]]

  // Tasks.
  var status: [TaskStatus]
  /// Upstreams that are not done yet, by node of the graph.
  var waiting: [Int32]
  var groupOf: [Int32]
  /// Attempts started in this run.
  var attempts: [UInt16]
  var setbacks: [TaskIndex: RetryPolicy.Setbacks] = [:]
  /// Bottom levels: the higher goes first.
  var priority: [Float]
  var urgency: Urgency
  let rankOfProfile: [Int32]
  let usesCallbacks: Bool
  var counts: [RunProgress.Counts]
  var retries = 0
  var doneCount = 0
  var fatalCount = 0

  // Ready tasks.
  var groups: [ReadyGroup] = []
  var groupPlace: [ReadyGroup.Key: Int32] = [:]
  /// Groups that wait for their template's limit, by template.
  var parked: [[Int32]]
  var delayed = PriorityHeap<DelayedTask>()
  var arrivals: UInt64 = 0
  /// Ready, delayed, or in a group that is being validated.
  var queuedCount = 0

  // Callbacks.
  var resolving: [TaskIndex: Resolving] = [:]
  /// Tasks whose request was computed in this run.
  var resolved: Set<TaskIndex> = []
  /// What to ask before these tasks are queued.
  var pendingOrders: [TaskIndex: ResourceOrder] = [:]

  // Attempts.
  var open = InstanceTable<OpenAttempt>()
  /// Recorded and not submitted yet, by task; the tasks are in their groups' queues.
  var prepared: [TaskIndex: PreparedAttempt] = [:]
  /// Earlier runs' instances whose fate is not known yet.
  var recovering: [TaskInstanceID: OpenInstance] = [:]
  var instanceIDs: Range<TaskInstanceID> = 0..<0
  var idsAreOrdered = false
  var batches = 0

  // Limits.
  var clusters: [ClusterState]
  var workflowLimit: Int?
  var templateLimits: [Int?]
  /// Submitted or running, in all and by template.
  var active = 0
  /// Attempts submitted so far.
  var startCount = 0
  var activeOfTemplate: [Int]
  /// Seconds that tasks take, lately, by template.
  var typicalRuntime: [Float?]

  /// Whether the plan's tasks are sorted into groups.
  var hasBegun = false
  /// Whether nothing starts for want of room for log files.
  var isLogDiskFull = false
  /// What ends the run before its work does.
  var stopping: StopOrder?
  /// Whether ``EngineAction/finish(_:)`` was given.
  public private(set) var isFinished = false

  /// An attempt without an outcome.
  struct OpenAttempt: Sendable {
    var task: TaskIndex
    var group: Int32
    var attempt: Int
    var phase: TaskStatus
    /// Place of its node in the cluster's, where the core placed it.
    var node: Int?
    /// Whether it waits at its node for a place, and holds none.
    var waits = false
    /// Its batch, and its place in it.
    var token: String
    var index: Int
    /// Whether we have asked for its end.
    var isCancelled = false
  }

  /// Makes an engine at the start of a run. It starts nothing before ``EngineEvent/begin``.
  public init(_ plan: EnginePlan) {
    self.plan = plan
    now = plan.started
    status = plan.statuses
    waiting = plan.graph.upstreamCount
    groupOf = []
    attempts = Array(repeating: 0, count: plan.graph.taskCount)
    parked = Array(repeating: [], count: plan.templates.count)
    counts = Array(repeating: RunProgress.Counts(), count: plan.templates.count)
    activeOfTemplate = Array(repeating: 0, count: plan.templates.count)
    typicalRuntime = Array(repeating: nil, count: plan.templates.count)
    rankOfProfile = plan.profiles.map { Int32(clamping: $0.settings.priority) }
    usesCallbacks = plan.profiles.contains { !$0.settings.callbacks.isEmpty }
    workflowLimit = plan.workflowLimit
    templateLimits = plan.templates.map(\.limit)
    clusters = plan.clusters.map(ClusterState.init)
    acknowledged = Array(repeating: [], count: plan.clusters.count)
    for runtime in plan.runtimes where runtime.count > 0 {
      typicalRuntime[runtime.template] = Float(runtime.mean)
    }
    urgency = Urgency(plan)
    priority = urgency.levels(plan)
  }

  /// One turn: takes the events in order, and returns what is to be done.
  public mutating func turn(_ events: [EngineEvent], now: Instant) throws(EngineError) -> [EngineAction] {
    self.now = now
    actions = []
    for event in events { try take(event) }
    for cluster in clusters.indices where !acknowledged[cluster].isEmpty {
      actions.append(.acknowledge(cluster: cluster, acknowledged[cluster]))
      acknowledged[cluster] = []
    }
    if !isFinished {
      reorderIfLearned()
      try releaseDelayed()
      try checkCallbacks()
      checkTimeout()
      try place()
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
    if let first = delayed.first { times.append(first.due) }
    if let due = resolving.values.map(\.due).min() { times.append(due) }
    if let timeout = plan.policy.timeout, stopping == nil { times.append(plan.started.monotonic + timeout) }
    return times.min()
  }

  /// Whether nothing runs, nothing is being found out, and limits of 0 keep all that is ready from starting, until
  /// somebody says otherwise.
  var isPaused: Bool {
    guard open.isEmpty, clusters.allSatisfy({ $0.recovering == 0 }) else { return false }
    if workflowLimit == 0 { return true }
    let ready = groups.filter { $0.tasks.first != nil }
    return !ready.isEmpty && ready.allSatisfy { templateLimits[$0.key.template] == 0 }
  }

  /// The tasks with an open attempt, in order.
  public var runningTasks: [TaskIndex] { open.values.map(\.task).sorted() }

  /// The counts of tasks and attempts as of the last turn; the elapsed time is monotonic, in milliseconds.
  public var progress: RunProgress {
    var progress = RunProgress(
      templates: counts, retries: retries, elapsed: now.monotonic - plan.started.monotonic)
    progress.runtimes = typicalRuntime
    progress.workflowLimit = workflowLimit
    progress.templateLimits = templateLimits
    return progress
  }

  // MARK: Events

  private mutating func take(_ event: EngineEvent) throws(EngineError) {
    switch event {
    case .begin: try begin()
    case .executor(let cluster, let event): try take(event, of: cluster)
    case .instanceIDs(let ids):
      instanceIDs = ids
      idsAreOrdered = false
    case .limits(let workflow, let templates):
      workflowLimit = workflow
      for template in templateLimits.indices { templateLimits[template] = nil }
      for limit in templates { templateLimits[limit.template] = limit.limit }
      for template in parked.indices { unpark(template) }
      if isOverLimit { withdrawWaiting() }
    case .share(let cluster, let amount): take(share: amount, of: cluster)
    case .logDisk(let isFull):
      isLogDiskFull = isFull
      if isFull { withdrawWaiting() }
    case .stop(let order): try stop(order)
    case .resolved(let task, let answer): try take(answer, for: task)
    case .tick: break
    }
  }

  /// Ends the run unless something can still happen.
  private mutating func conclude() throws(EngineError) {
    if let stopping {
      let left = open.values.contains { attempt in
        switch stopping.running {
        case .leave: false
        case .cancelAll: true
        // An instance whose submission has no answer yet is not left before it is known to the backend.
        case .finish, .cancelLocal:
          !clusters[cluster(of: attempt)].outlivesDriver || attempt.phase == .instantiated
        }
      }
      // What an earlier run left of commands that end with their driver is being ended already: where that takes long, the
      // next run asks again.
      let awaits = clusters.contains { $0.outlivesDriver && $0.recovering > 0 }
      if !left && (!awaits || stopping.running == .leave) { finish(stopping.ending) }
    } else if open.isEmpty && queuedCount == 0 && recovering.isEmpty {
      finish(.exhausted)
    }
  }

  private mutating func finish(_ ending: RunEnding) {
    isFinished = true
    withdrawPrepared()
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
    for place in clusters.indices {
      let ended =
        order.running == .cancelAll || (order.running == .cancelLocal && !clusters[place].outlivesDriver)
      guard ended else { continue }
      let instances = open.filter { cluster(of: $0) == place && !$0.isCancelled }.sorted()
      for instance in instances { open.values[open.place(of: instance)!].isCancelled = true }
      if !instances.isEmpty { actions.append(.cancel(cluster: place, instances)) }
    }
  }

  func cluster(of attempt: OpenAttempt) -> Int { groups[Int(attempt.group)].key.cluster }

  // MARK: Tasks

  /// Moves a task on; the counts follow.
  mutating func move(_ task: TaskIndex, to next: TaskStatus) throws(EngineError) {
    let place = Int(task)
    let old = status[place]
    guard old.canBecome(next) else { throw EngineError.illegalMove(task: task, from: old, to: next) }
    status[place] = next
    if old.word != next.word {
      let template = Int(plan.template[place])
      counts[template][old.word] -= 1
      counts[template][next.word] += 1
    }
    if next == .done { doneCount += 1 }
    if next == .fatal { fatalCount += 1 }
  }

  /// The number of a task's attempt that starts now: what was ended by us, or with us, is not counted.
  func attemptNumber(_ task: TaskIndex) -> Int {
    guard let before = setbacks[task] else { return 1 }
    return 1 + before.counted + before.infrastructure
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
  /// A task was to take a step that is not among ``TaskStatus``'s moves within a run.
  case illegalMove(task: TaskIndex, from: TaskStatus, to: TaskStatus)

  /// The sentence that the run ends with.
  public var description: String {
    switch self {
    case .illegalMove(let task, let from, let to):
      "internal error: task \(task) cannot go from \(from.rawValue) to \(to.rawValue); nothing was lost, resume to go on"
    }
  }
}

extension TaskStatus {
  /// The moves there are, within one run.
  func canBecome(_ next: TaskStatus) -> Bool {
    switch (self, next) {
    case (.registering, .queued), (.registering, .adjusting), (.registering, .fatal): true
    case (.queued, .instantiated), (.queued, .fatal), (.queued, .adjusting), (.error, .adjusting): true
    case (.instantiated, .launched), (.instantiated, .running), (.launched, .running): true
    case (.instantiated, .done), (.launched, .done), (.running, .done): true
    case (.instantiated, .error), (.launched, .error), (.running, .error): true
    case (.instantiated, .adjusting), (.launched, .adjusting), (.running, .adjusting): true
    case (.instantiated, .fatal), (.launched, .fatal), (.running, .fatal): true
    // Ended by us, or with us: it goes back to where it was before the attempt.
    case (.instantiated, .queued), (.launched, .queued), (.running, .queued): true
    case (.error, .queued), (.error, .fatal), (.adjusting, .queued), (.adjusting, .fatal): true
    // An earlier run's instance that this run adopts.
    case (.registering, .launched), (.registering, .running), (.registering, .done), (.registering, .error):
      true
    default: false
    }
  }

  /// What the store keeps when no instance is open: readiness follows from the upstreams.
  var kept: TaskStatus { self == .queued ? .registering : self }
}
