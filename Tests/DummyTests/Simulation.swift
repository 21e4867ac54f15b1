import DummyPlugin

@testable import JobmonEngine
@testable import JobmonExecution
@testable import JobmonGraph
@testable import JobmonModel
@testable import JobmonStore

/// A workflow, a cluster and operators, all drawn from one seed. The engine runs in virtual time and is crashed,
/// stopped and resumed. Every step is checked against the laws.
///
/// The checks use what really happened on the cluster (its chronicle) and what was committed, never the state of the
/// engine.
struct Simulation {
  /// The number of turns after which a run counts as one that does not end.
  private static let mostTurns = 20_000
  private static let maxAttempts = 3
  private static let infrastructureAttempts = 6

  /// Deliberate errors, to test that the checks find them.
  enum Sabotage {
    case none
    /// Running instances are reported as absent.
    case recoveryLies
    /// Successes are not committed.
    case successesAreLost
    /// The engine does not get the limit.
    case limitIsHidden
  }

  var sabotage = Sabotage.none
  let upstreams: [[TaskIndex]]
  private let core: Bool
  private let request: ResourceRequest
  private let clusterOptions: DummyOptions
  /// The remaining number of crashes, stops and changes of the limit.
  private var interventions: Int
  private var random: Randomness
  private var store: SimulatedStore
  /// The real store, in a file, if it takes part. What it returns after a crash is compared with ``store``.
  private let database: SimulatedDatabase?
  private var cluster: SimulatedCluster
  private var engine: Engine
  private var runs = 0
  private var limit: Int?
  /// The limit of the second of two templates. Every other task belongs to it.
  private let templateLimit: Int?
  private var ending: RunEnding?
  private var isCold = false
  /// Events on their way to the driver; they are lost with it.
  private var pendingEvents: [EngineEvent] = []
  /// The limit that the engine knows.
  private var knownLimit: Int?
  private var submitted: Set<TaskInstanceID> = []
  /// Instances of tasks that an operator set to done while they were on the cluster.
  private var exempted: Set<TaskInstanceID> = []
  private var taskOf: [TaskInstanceID: TaskIndex] = [:]
  /// What really runs, by task.
  private var running: [TaskIndex: TaskInstanceID] = [:]
  private(set) var turns = 0
  private(set) var starts = 0
  private(set) var crashes = 0

  /// - Parameters:
  ///   - tasks: the number of tasks, if the seed does not decide it: a failing seed is tried with fewer.
  ///   - hasDatabase: whether the real store takes part.
  init(seed: UInt64, tasks: Int? = nil, hasDatabase: Bool = false) throws {
    var random = Randomness(seed: seed)
    let drawn = 1 + Int(random.fraction() * random.fraction() * 80)
    let count = tasks ?? drawn
    let density = random.fraction() * 0.3
    var graph = Randomness(seed: seed, of: 1)
    upstreams = (0..<count).map { task in
      (0..<task).filter { task - $0 < 12 && graph.happens(density) }.map { TaskIndex($0) }
    }
    core = random.happens(0.5)
    request = ResourceRequest(
      cores: 1 + Int(random.fraction() * 3), memory: random.happens(0.5) ? 1 << 30 : nil,
      runtime: random.happens(0.3) ? 40 : nil)
    clusterOptions = Self.cluster(seed: seed, core: core, &random)
    interventions = random.happens(0.7) ? Int(random.fraction() * 6) : 0
    limit = random.happens(0.3) ? 1 + Int(random.fraction() * 5) : nil
    templateLimit = random.happens(0.3) ? 1 + Int(random.fraction() * 3) : nil
    store = SimulatedStore(tasks: count)
    database = hasDatabase ? try SimulatedDatabase(upstreams: upstreams, request: request) : nil
    cluster = SimulatedCluster(
      clusterOptions, now: Instant(monotonic: 1000, wall: Timestamp(milliseconds: 1_700_000_000_000)))
    cluster.chronicle = []
    self.random = random
    engine = Engine(
      try Self.plan(
        upstreams, request, cluster, core: core, store: store, limit: limit, templateLimit: templateLimit,
        run: 0, cold: false))
  }

  private static func cluster(seed: UInt64, core: Bool, _ random: inout Randomness) -> DummyOptions {
    var options = DummyOptions()
    options.seed = seed
    options.nodes = 1 + Int(random.fraction() * 4)
    options.cores = 3 + Int(random.fraction() * 6)
    options.memory = 16 << 30
    if !core { options.maxOutstanding = 1 + Int(random.fraction() * 20) }
    options.maxBatch = 1 + Int(random.fraction() * 10)
    options.runtime = .exponential(mean: 20)
    // If the core places tasks, they start at once.
    if random.happens(0.5), !core { options.queueWait = .exponential(mean: 5) }
    if random.happens(0.4) { options.late = .exponential(mean: 8) }
    if random.happens(0.4) { options.answer = .exponential(mean: 4) }
    if random.happens(0.4) { options.peakMemory = .uniform(0, 2e9) }
    for fault in [
      \.launch, \.exit, \.signal, \.memory, \.preempted, \.lost, \.cancelled, \.duplicate, \.refused,
      \.deferred, \.unanswered,
    ] as [WritableKeyPath<DummyOptions.Faults, Double>] {
      if random.happens(0.3) { options.faults[keyPath: fault] = random.fraction() * 0.3 }
    }
    if random.happens(0.3) {
      options.faults.nodeLoss = .exponential(mean: 100)
      options.faults.nodeAbsence = .exponential(mean: 30)
    }
    return options
  }

  private static func plan(
    _ upstreams: [[TaskIndex]], _ request: ResourceRequest, _ cluster: SimulatedCluster, core: Bool,
    store: SimulatedStore, limit: Int?, templateLimit: Int?, run: Int, cold: Bool
  ) throws -> EnginePlan {
    var sets = UpstreamSets()
    let ids = upstreams.map { sets.insert($0) }
    var description = cluster.description
    description.outlivesDriver = true
    var policy = EnginePolicy()
    policy.infrastructureAttempts = infrastructureAttempts
    policy.coldResume = cold
    return EnginePlan(
      graph: try TaskGraph(upstreams: ids, sets: sets), template: upstreams.indices.map { Int32($0 % 2) },
      profile: upstreams.map { _ in 0 }, statuses: store.statuses,
      templates: [EnginePlan.TemplatePolicy(limit: nil), EnginePlan.TemplatePolicy(limit: templateLimit)],
      profiles: [
        EnginePlan.TaskProfile(
          cluster: 0,
          settings: ResolvedSettings(
            request: request, scales: [:], fallbackQueues: [], maxAttempts: maxAttempts))
      ],
      clusters: [EnginePlan.ClusterPlan(name: "dummy", description: description)],
      openInstances: store.open.values.sorted { $0.instance < $1.instance },
      resourceFailures: store.resourceFailures.values.sorted { $0.task < $1.task }, workflowLimit: limit,
      policy: policy, tokenPrefix: "run\(run)", started: cluster.instant)
  }

  /// Runs, and resumes after each crash or stop, until a run ends by itself.
  ///
  /// - Throws: ``Breach``, ``EngineError``.
  mutating func run() throws {
    try beginRun()
    while true {
      while ending == nil { try step() }
      if case .exhausted? = ending { break }
      try resume()
    }
    try checkTheEnd()
  }

  /// What was committed, in order; equal for equal seeds.
  var history: [String] { store.history }

  // MARK: Steps

  private mutating func beginRun() throws {
    runs += 1
    knownLimit = limit
    store.beginRun()
    ending = nil
    try database?.beginRun()
    try turn([.begin, .instanceIDs(try reserve(8))])
  }

  private mutating func reserve(_ count: Int) throws -> Range<TaskInstanceID> {
    let range = store.reserve(count)
    if let given = try database?.reserve(count), given != range {
      throw Breach("the store reserves the instance ids \(given) instead of \(range)")
    }
    return range
  }

  private mutating func resume() throws {
    if random.happens(0.2) {
      // An operator sets a task to done, whatever its state.
      let task = Int(random.fraction() * Double(upstreams.count))
      store.statuses[task] = .done
      // An instance that is already on the cluster may start before the next driver ends it.
      exempted.formUnion(store.open.values.filter { $0.task == TaskIndex(task) }.map(\.instance))
      try database?.setDone(TaskIndex(task))
    }
    try database?.reopen(as: store)
    isCold = random.happens(0.3)
    pendingEvents = []
    engine = Engine(
      try Self.plan(
        upstreams, request, cluster, core: core, store: store, limit: limit, templateLimit: templateLimit,
        run: runs, cold: isCold))
    try beginRun()
  }

  private mutating func step() throws {
    turns += 1
    guard turns < Self.mostTurns else {
      throw Breach("the run does not end: \(engine.progress), \(store.open.count) open")
    }
    // A pause ends at some time.
    if limit == 0, pendingEvents.isEmpty, random.happens(0.2) { change(limit: 1) }
    if pendingEvents.isEmpty, limit != 0 || cluster.next != nil {
      let next = [engine.wakeAt, cluster.next].compactMap { $0 }.min()
      guard let next else {
        throw Breach("nothing can happen any more: \(engine.progress), \(store.open.count) open")
      }
      receive(cluster.advance(to: next))
      try checkChronicle()
    }
    if interventions > 0, random.happens(0.05) {
      interventions -= 1
      try intervene()
      if ending != nil { return }
    }
    let events = pendingEvents
    pendingEvents = []
    try turn(events.isEmpty ? [.tick] : events)
  }

  private mutating func intervene() throws {
    switch Int(random.fraction() * 3) {
    case 0:
      change(limit: random.happens(0.3) ? nil : Int(random.fraction() * 6))
    case 1:
      let how: StopOrder.Running = random.happens(0.5) ? .cancelAll : .finish
      pendingEvents.append(.stop(StopOrder(running: how, ending: .interrupted)))
    default: try crash()
    }
  }

  private mutating func change(limit: Int?) {
    self.limit = limit
    if sabotage == .limitIsHidden {
      knownLimit = limit
    } else {
      pendingEvents.append(
        .limits(
          workflow: limit, templates: templateLimit.map { [EngineEvent.Limit(template: 1, limit: $0)] } ?? [])
      )
    }
  }

  /// The driver dies with a turn partly done: nothing is committed, or everything is and some actions follow.
  private mutating func crash() throws {
    crashes += 1
    for case .limits(let workflow, _) in pendingEvents { knownLimit = workflow }
    let actions = try engine.turn(pendingEvents.isEmpty ? [.tick] : pendingEvents, now: cluster.instant)
    if random.happens(0.7) {
      try perform(actions, until: random.happens(0.5) ? 0 : Int(random.fraction() * Double(actions.count)))
    }
    ending = .interrupted
  }

  private mutating func turn(_ events: [EngineEvent]) throws {
    for case .limits(let workflow, _) in events { knownLimit = workflow }
    let actions = try engine.turn(events, now: cluster.instant)
    try perform(actions, until: actions.count)
  }

  /// Performs the actions as the driver does: first what is already recorded, then the commit, then the rest.
  private mutating func perform(_ actions: [EngineAction], until most: Int) throws {
    // An ended instance occupies no slot, even before its end is committed.
    for case .record(.ended(let end)) in actions { submitted.remove(end.instance) }
    for case .submit(let submission) in actions where submission.isRecorded { try submit(submission) }
    var transitions: [Transition] = []
    for case .record(let transition) in actions {
      if sabotage == .successesAreLost, case .ended(let end) = transition, end.taskStatus == .done {
        continue
      }
      try store.apply(transition)
      transitions.append(transition)
    }
    try database?.apply(transitions)
    try checkCounts()
    for action in actions.prefix(most) {
      switch action {
      case .record, .failed, .notice: break
      case .submit(let submission): if !submission.isRecorded { try submit(submission) }
      case .cancel(_, let instances): cluster.cancel(instances)
      case .withdraw, .resolve: break  // this cluster needs neither
      case .validate(_, let requests):
        pendingEvents.append(.executor(0, .validated(requests, cluster.verdicts(on: requests))))
      case .recover(_, let batches):
        if sabotage == .recoveryLies {
          pendingEvents += batches.flatMap {
            $0.instances.map { .executor(0, .recovered($0.instance, .absent)) }
          }
        } else {
          cluster.recover(batches)
        }
      case .acknowledge(_, let instances): cluster.acknowledge(instances)
      case .reserveInstanceIDs(let count): pendingEvents.append(.instanceIDs(try reserve(count)))
      case .finish(let how):
        ending = how
        try database?.endRun()
      }
      receive(cluster.advance(to: cluster.now))
      try checkChronicle()
    }
  }

  private mutating func submit(_ submission: Submission) throws {
    for attempt in submission.attempts {
      guard let open = store.open[attempt.instance], open.task == attempt.task else {
        throw Breach("instance \(attempt.instance) is submitted without a record")
      }
      taskOf[attempt.instance] = attempt.task
    }
    // Law 5.
    submitted.formUnion(submission.attempts.map(\.instance))
    if let knownLimit, submitted.count > knownLimit {
      throw Breach("\(submitted.count) tasks are submitted, and the limit is \(knownLimit)")
    }
    let second = submitted.count { taskOf[$0]! % 2 == 1 }
    if let templateLimit, second > templateLimit {
      throw Breach("\(second) tasks of a template are submitted, and its limit is \(templateLimit)")
    }
    cluster.submit(
      Batch(
        token: submission.token, template: "t", resources: submission.request,
        tasks: submission.attempts.map { attempt in
          BatchTask(
            index: attempt.index, instance: attempt.instance, name: "t\(attempt.task)", command: "true",
            node: attempt.node, environment: [], stdout: "/o", stderr: "/e")
        }))
  }

  private mutating func receive(_ events: [ExecutorEvent]) {
    pendingEvents += events.map { .executor(0, $0) }
  }

  // MARK: Laws

  /// Checks laws 1, 2 and 3 with what really happened since the last check.
  private mutating func checkChronicle() throws {
    let happened = cluster.chronicle ?? []
    cluster.chronicle = []
    for event in happened {
      guard let task = taskOf[event.instance] else {
        throw Breach("instance \(event.instance) runs but was never submitted")
      }
      if event.end != nil {
        if running[task] == event.instance { running[task] = nil }
        continue
      }
      starts += 1
      if let other = running[task] {
        throw Breach("task \(task) runs twice: instances \(other) and \(event.instance)")
      }
      if store.statuses[Int(task)] == .done, !exempted.contains(event.instance) {
        throw Breach("task \(task) is DONE and runs again")
      }
      for upstream in upstreams[Int(task)] where store.statuses[Int(upstream)] != .done {
        throw Breach("task \(task) runs before its upstream \(upstream) is committed DONE")
      }
      running[task] = event.instance
    }
    if let node = cluster.overfull { throw Breach("node \(node) is overcommitted") }
  }

  /// Law 4.
  private func checkCounts() throws {
    for (task, count) in store.counted where count > Self.maxAttempts {
      throw Breach("task \(task) has failed \(count) times; at most \(Self.maxAttempts) are allowed")
    }
    for (task, count) in store.infrastructure where count > Self.infrastructureAttempts {
      throw Breach("the cluster has failed task \(task) \(count) times")
    }
  }

  private func checkTheEnd() throws {
    try database?.checkTheEnd(as: store)
    guard store.open.isEmpty else { throw Breach("at the end, \(store.open.keys.sorted()) are open") }
    guard running.isEmpty, cluster.running.isEmpty else {
      throw Breach("at the end, tasks \(running.keys.sorted()) still run")
    }
    for task in upstreams.indices {
      let isReady = upstreams[task].allSatisfy { store.statuses[Int($0)] == .done }
      switch store.statuses[task] {
      case .done, .fatal: break
      default: if isReady { throw Breach("at the end, task \(task) is ready and not done") }
      }
    }
  }
}
