import JobmonCore

/// Drives the engine without a process, a store or a clock: with a cluster that does what the test says, and a list of
/// all records.
struct EngineBench {
  /// Ends of attempts, by task, in the order of its starts; other attempts succeed.
  var endings: [TaskIndex: [Cause]] = [:]
  /// The runtime of a task in milliseconds.
  var runtime: (TaskIndex) -> Int64 = { _ in 1000 }
  /// The cluster's verdict on requests of retries.
  var verdict: (ResourceRequest) -> ResourceVerdict = { _ in .ok }

  /// The answer of a callback; nil for none.
  var answer: (ResourceOrder) -> ResolvedResources? = { _ in nil }

  private(set) var engine: Engine
  private(set) var orders: [ResourceOrder] = []
  private(set) var now = Instant(monotonic: 1000, wall: Timestamp(milliseconds: 1_700_000_000_000))
  private(set) var records: [Transition] = []
  private(set) var starts: [Submission.Attempt] = []
  private(set) var requests: [TaskIndex: [ResourceRequest]] = [:]
  private(set) var failures: [FailedAttempt] = []
  private(set) var cancelled: [TaskInstanceID] = []
  private(set) var recovered: [RecoverableBatch] = []
  private(set) var ending: RunEnding?
  private(set) var mostAtOnce = 0
  /// The events and actions of every turn, as text.
  private(set) var trace: [String] = []
  /// Attempts that were submitted to wait for a slot; `places` is the number of slots.
  private(set) var waiting: [TaskInstanceID] = []
  private(set) var withdrawn: [TaskInstanceID] = []
  private var places = 0
  private var running: [(due: Int64, instance: TaskInstanceID, task: TaskIndex, start: Int)] = []
  private var nextInstance: TaskInstanceID = 1

  init(_ plan: EnginePlan) { engine = Engine(plan) }

  mutating func begin() throws { try turn([.begin, .instanceIDs(ids(16))]) }

  /// Runs until the run is over, or nothing more can happen.
  mutating func run() throws {
    try begin()
    try goOn()
  }

  mutating func goOn(until stop: (EngineBench) -> Bool = { _ in false }) throws {
    while ending == nil, !stop(self) {
      let next = [running.map(\.due).min(), engine.wakeAt].compactMap { $0 }.min()
      guard let next else { return }
      advance(to: max(next, now.monotonic))
      let due = running.filter { $0.due <= now.monotonic }.sorted {
        ($0.due, $0.instance) < ($1.due, $1.instance)
      }
      running.removeAll { $0.due <= now.monotonic }
      var events: [EngineEvent] = due.isEmpty ? [.tick] : []
      for end in due {
        let usage = ResourceUsage(wall: Double(runtime(end.task)) / 1000, cpu: 0, peakMemory: nil)
        events.append(.executor(0, .ended(end.instance, Outcome(cause: cause(of: end), usage: usage))))
      }
      events += fill()
      try turn(events)
    }
  }

  mutating func turn(_ events: [EngineEvent]) throws {
    var answers: [EngineEvent] = []
    let actions = try engine.turn(events, now: now)
    trace.append("\(events)")
    trace.append("\(actions)")
    for action in actions {
      switch action {
      case .record(let transition): records.append(transition)
      case .submit(let submission):
        for attempt in submission.attempts {
          starts.append(attempt)
          requests[attempt.task, default: []].append(submission.request)
          places = attempt.places
          if attempt.waits { waiting.append(attempt.instance) }
        }
        answers.append(.executor(0, .submitted(submission.attempts.map(\.instance), .accepted(handle: nil))))
        for attempt in submission.attempts where !attempt.waits { answers.append(start(attempt)) }
        answers += fill()
      case .cancel(_, let instances):
        cancelled += instances
        waiting.removeAll { instances.contains($0) }
        for instance in instances {
          running.removeAll { $0.instance == instance }
          answers.append(.executor(0, .ended(instance, Outcome(cause: .signal(15)))))
        }
      case .withdraw(_, let instances):
        withdrawn += instances
        for instance in instances where waiting.contains(instance) {
          waiting.removeAll { $0 == instance }
          answers.append(.executor(0, .ended(instance, Outcome(cause: .interrupted))))
        }
      case .validate(_, let requests):
        answers.append(.executor(0, .validated(requests, requests.map(verdict))))
      case .resolve(let order):
        orders.append(order)
        if let answer = answer(order) { answers.append(.resolved(order.task, answer)) }
      case .recover(_, let batches): recovered += batches
      case .reserveInstanceIDs(let count): answers.append(.instanceIDs(ids(count)))
      case .failed(let failure): failures.append(failure)
      case .acknowledge, .notice: break
      case .finish(let ending): self.ending = ending
      }
    }
    if !answers.isEmpty, ending == nil { try turn(answers) }
  }

  private mutating func start(_ attempt: Submission.Attempt) -> EngineEvent {
    let start = starts.count { $0.task == attempt.task }
    running.append((now.monotonic + runtime(attempt.task), attempt.instance, attempt.task, start))
    mostAtOnce = max(mostAtOnce, running.count)
    return .executor(0, .started(attempt.instance, node: "n1", at: now.wall))
  }

  /// Starts attempts that wait at the node, as long as slots are free.
  private mutating func fill() -> [EngineEvent] {
    var events: [EngineEvent] = []
    while running.count < places, !waiting.isEmpty {
      let instance = waiting.removeFirst()
      events.append(start(starts.first { $0.instance == instance }!))
    }
    return events
  }

  private func cause(of end: (due: Int64, instance: TaskInstanceID, task: TaskIndex, start: Int)) -> Cause {
    let list = endings[end.task] ?? []
    return end.start <= list.count ? list[end.start - 1] : .exit(0)
  }

  private mutating func advance(to monotonic: Int64) {
    now.wall = Timestamp(milliseconds: now.wall.rawValue + monotonic - now.monotonic)
    now.monotonic = monotonic
  }

  private mutating func ids(_ count: Int) -> Range<TaskInstanceID> {
    defer { nextInstance += TaskInstanceID(count) }
    return nextInstance..<nextInstance + TaskInstanceID(count)
  }

  /// Attempts that were submitted and have not ended.
  var outstanding: Int { running.count + waiting.count }

  var done: Int { engine.progress.templates.reduce(0) { $0 + $1.done } }

  /// The order in which tasks were started.
  var order: [TaskIndex] { starts.map(\.task) }

  /// The status from the last record of a task's end.
  func finalStatus(_ task: TaskIndex) -> TaskStatus? {
    var status: TaskStatus?
    for record in records {
      switch record {
      case .ended(let end) where end.task == task: status = end.taskStatus
      case .tasks(let tasks, _, let to, _, _) where tasks.contains(task): status = to
      default: break
      }
    }
    return status
  }
}

extension EnginePlan {
  /// A plan for tasks of one template on one cluster with core placement.
  ///
  /// - Parameter upstreams: the upstream tasks of each task.
  static func simple(
    upstreams: [[TaskIndex]], settings: ResolvedSettings = .plain, slots: Int = 2, memory: Int64 = 1 << 40,
    queues: [ClusterQueue] = [], limit: Int? = nil, statuses: [TaskStatus]? = nil,
    placement: Placement? = nil, maxBatch: Int = 1000, prefetches: Bool = false,
    change: (inout EnginePlan) -> Void = { _ in }
  ) throws -> EnginePlan {
    var sets = UpstreamSets()
    let ids = upstreams.map { sets.insert($0) }
    let nodes = [ClusterNode(name: "n1", cores: slots, memory: memory)]
    let description = ExecutorDescription(
      queues: queues, capabilities: prefetches ? [.prefetches] : [], maxBatch: maxBatch,
      placement: placement ?? .core(nodes),
      outlivesDriver: placement != nil)
    var plan = EnginePlan(
      graph: try TaskGraph(upstreams: ids, sets: sets), template: upstreams.map { _ in 0 },
      profile: upstreams.map { _ in 0 }, statuses: statuses ?? upstreams.map { _ in .registering },
      templates: [EnginePlan.TemplatePolicy(limit: nil)],
      profiles: [EnginePlan.TaskProfile(cluster: 0, settings: settings)],
      clusters: [EnginePlan.ClusterPlan(name: "test", description: description)], workflowLimit: limit,
      tokenPrefix: "abc", started: Instant(monotonic: 1000, wall: Timestamp(milliseconds: 1_700_000_000_000)))
    change(&plan)
    return plan
  }
}

extension ResolvedSettings {
  static let plain = ResolvedSettings(
    request: ResourceRequest(), scales: [:], fallbackQueues: [], maxAttempts: 3)

  static func asking(
    cores: Int = 1, memory: Int64? = nil, runtime: Int64? = nil, queue: String? = nil,
    scales: [ScalableResource: ResourceScale] = [:], fallback: [String] = [], maxAttempts: Int = 3
  ) -> ResolvedSettings {
    ResolvedSettings(
      request: ResourceRequest(cores: cores, memory: memory, runtime: runtime, queue: queue), scales: scales,
      fallbackQueues: fallback, maxAttempts: maxAttempts)
  }
}
