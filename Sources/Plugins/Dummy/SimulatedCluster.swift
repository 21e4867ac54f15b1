import JobmonCollections
import JobmonCore

/// A cluster that exists only as events. Each call has a time, and is answered by events, at once or later. It uses no
/// clock and no thread: the same seed and calls give the same events.
public struct SimulatedCluster: Sendable {
  struct Node: Sendable {
    var name: String
    var freeCores: Int
    var freeMemory: Int64
    var isUp = true
    var random: Randomness
  }

  /// A future event. The earliest comes first; equal times keep the order in which they were scheduled.
  ///
  /// It contains no references, because the heap moves appointments all the time.
  struct Appointment: Comparable, Sendable {
    enum What: Sendable {
      /// Post the events in ``sayings`` under the appointment's number.
      case say
      case arrive(TaskInstanceID)
      case finish(TaskInstanceID, started: Int64)
      case lose(Int)
      case regain(Int)
    }

    var due: Int64
    var number: Int
    var what: What

    static func == (left: Self, right: Self) -> Bool { left.number == right.number }
    // The heap returns its greatest element first.
    static func < (left: Self, right: Self) -> Bool {
      left.due == right.due ? left.number > right.number : left.due > right.due
    }
  }

  /// The options it was created with.
  public let options: DummyOptions
  /// The current time in monotonic milliseconds.
  public private(set) var now: Int64
  /// How far the wall clock is ahead of ``now``, in milliseconds.
  let wallOffset: Int64
  private var agenda = PriorityHeap<Appointment>()
  private var appointments = 0
  private var sayings: [Int: [ExecutorEvent]] = [:]
  private var jobs = InstanceTable<SimulatedJob>()
  private(set) var nodes: [Node]
  private let nodeIndices: [String: Int]
  /// If the cluster has a queue of its own: the tasks that wait for a node, from `queueHead` on.
  private var queue: [TaskInstanceID] = []
  private var queueHead = 0
  private var answers: Randomness
  /// The number of submissions per task name, keyed by the hash of the name, so that the drawn numbers depend neither
  /// on the database nor on the order. nil on a resume, where the earlier numbers must not be drawn again.
  private var submissions: [UInt64: UInt32]?
  private var said: [ExecutorEvent] = []
  /// Whether every event is posted at once, and once.
  private let isPunctual: Bool

  /// - Parameter isResume: whether the run continues an earlier run for which other numbers were drawn.
  public init(_ options: DummyOptions, now: Instant, isResume: Bool = false) {
    self.options = options
    submissions = isResume ? nil : [:]
    self.now = now.monotonic
    wallOffset = now.wall.rawValue - now.monotonic
    answers = Randomness(seed: options.seed)
    isPunctual = options.late == .constant(0) && options.faults.duplicate == 0
    nodes = (0..<options.nodes).map { index in
      Node(
        name: options.nodes == 1 ? "dummy" : "dummy\(index + 1)", freeCores: options.cores,
        freeMemory: options.memory, random: Randomness(seed: options.seed, of: UInt64(index) | 1 << 63))
    }
    nodeIndices = Dictionary(uniqueKeysWithValues: nodes.enumerated().map { ($1.name, $0) })
    if let loss = options.faults.nodeLoss {
      for index in nodes.indices { arrange(.lose(index), after: loss.draw(&nodes[index].random)) }
    }
  }

  /// The description of the cluster, derived from its options.
  public var description: ExecutorDescription {
    var description = ExecutorDescription(
      queues: options.queues, capabilities: [.enforcesMemory, .enforcesRuntime, .reportsUsage, .simulates],
      maxBatch: options.maxBatch,
      placement: options.maxOutstanding.map { .backend(maxOutstanding: $0) }
        ?? .core(nodes.map { ClusterNode(name: $0.name, cores: options.cores, memory: options.memory) }),
      outlivesDriver: false)
    description.options = DummyOptions.declared
    return description
  }

  /// When the next event is due, in monotonic milliseconds; nil if there is none.
  public var next: Int64? { agenda.first?.due }

  /// The current time on both clocks.
  public var instant: Instant { Instant(monotonic: now, wall: wall(now)) }

  /// What really happened, regardless of what was reported and when.
  public struct Happening: Hashable, Sendable {
    /// The instance that started or ended.
    public var instance: TaskInstanceID
    /// How it ended; nil if it started.
    public var end: Cause?
  }

  /// A record of what really happened, for checks of simulations; nil if it is not kept.
  public var chronicle: [Happening]?

  /// A node that runs more than it has capacity for; nil if there is none.
  public var overfull: String? { nodes.first { $0.freeCores < 0 || $0.freeMemory < 0 }?.name }

  /// The instances that are running, sorted.
  public var running: [TaskInstanceID] {
    jobs.filter { $0.phase == .running }.sorted()
  }

  /// Advances the time and returns the events until then.
  public mutating func advance(to moment: Int64) -> [ExecutorEvent] {
    while let first = agenda.first, first.due <= moment {
      _ = agenda.removeFirst()
      now = max(now, first.due)
      happen(first)
    }
    now = max(now, moment)
    defer { said = [] }
    return said
  }

  // MARK: Calls

  /// Whether each request fits on a node, in the order of the requests.
  public func verdicts(on requests: [ResourceRequest]) -> [ResourceVerdict] {
    requests.map { request in
      if request.cores > options.cores {
        return .impossible(why: "requests \(request.cores) cores, a node has \(options.cores)")
      }
      if let memory = request.memory, memory > options.memory {
        return .impossible(
          why:
            "requests \(ByteCount.gibibytes(memory)) of memory, a node has \(ByteCount.gibibytes(options.memory))"
        )
      }
      return .ok
    }
  }

  /// Accepts a batch, or draws that it is rejected, deferred, or not answered.
  public mutating func submit(_ batch: Batch) {
    let instances = batch.tasks.map(\.instance)
    let wait = options.answer.draw(&answers)
    let (isRefused, isDeferred, isUnanswered, hasArrived) = (
      answers.happens(options.faults.refused), answers.happens(options.faults.deferred),
      answers.happens(options.faults.unanswered), answers.happens(0.5)
    )
    if isRefused {
      return answer([.submitted(instances, .rejected(why: "rejected by the scheduler"))], after: wait)
    }
    if isDeferred {
      return answer([.submitted(instances, .deferred(after: 5, why: "the scheduler is busy"))], after: wait)
    }
    answer(
      [
        .submitted(
          instances,
          isUnanswered ? .ambiguous(why: "the scheduler did not answer") : .accepted(handle: batch.token))
      ], after: wait)
    if !isUnanswered || hasArrived { accept(batch) }
  }

  private mutating func accept(_ batch: Batch) {
    for task in batch.tasks where jobs.index(of: task.instance) == nil {
      var random = Randomness(seed: options.seed, of: number(of: task))
      let fate = JobFate(task, template: batch.template, request: batch.resources, options: options, &random)
      jobs[task.instance] = SimulatedJob(
        instance: task.instance, cores: batch.resources.cores, memory: batch.resources.memory ?? 0,
        node: task.node.flatMap { nodeIndices[$0] }, fate: fate, random: random)
      if fate.wait == 0, options.maxOutstanding == nil {
        // If the core places tasks, a task is never pending on the cluster.
        begin(task.instance)
      } else {
        arrange(.arrive(task.instance), afterMilliseconds: fate.wait)
      }
    }
  }

  /// The number that identifies this submission of a task when its fate is drawn.
  private mutating func number(of task: BatchTask) -> UInt64 {
    guard submissions != nil else { return UInt64(bitPattern: task.instance) }
    // FNV-1a: Swift's own hashes differ from process to process.
    let hash = task.name.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    submissions![hash, default: 0] += 1
    return hash &+ UInt64(submissions![hash]!) &* 0xD1B5_4A32_D192_ED03
  }

  /// Ends those of these instances that have not ended, as interrupted, and answers for each.
  public mutating func cancel(_ instances: [TaskInstanceID]) {
    for instance in instances {
      guard let job = jobs[instance], !job.isOver else {
        answer([.cancelled(instance, .alreadyEnded)], after: options.answer.draw(&answers))
        continue
      }
      answer([.cancelled(instance, .requested)], after: options.answer.draw(&answers))
      end(instance, .interrupted)
    }
  }

  /// Answers for each of these instances. Those of a batch with `cancel` are ended first, without an event.
  public mutating func recover(_ batches: [RecoverableBatch]) {
    for batch in batches {
      for instance in batch.instances.map(\.instance) {
        if batch.cancel, let job = jobs[instance], !job.isOver {
          free(job)
          if job.phase == .running { chronicle?.append(Happening(instance: instance, end: .interrupted)) }
          jobs[instance] = nil
        }
        let verdict: RecoveryVerdict =
          switch jobs[instance]?.phase {
          case nil: .absent
          case .pending?: .pending
          case .running?:
            .running(
              node: jobs[instance]!.node.map { nodes[$0].name }, started: jobs[instance]!.started.map(wall))
          case .ended(let cause, let at)?: .ended(outcome(of: jobs[instance]!, cause, at: at))
          }
        answer([.recovered(instance, verdict)], after: options.answer.draw(&answers))
      }
    }
    if batches.contains(where: \.cancel) { serveQueue() }  // nodes may have become free
  }

  /// Forgets those of these instances that have ended.
  public mutating func acknowledge(_ instances: [TaskInstanceID]) {
    for instance in instances {
      if let index = jobs.index(of: instance), jobs.values[index].isOver { jobs[instance] = nil }
    }
  }

  /// Ends everything, without events.
  public mutating func clear() {
    jobs = InstanceTable()
    agenda.removeAll()
    sayings = [:]
  }

  // MARK: What happens

  private mutating func happen(_ appointment: Appointment) {
    switch appointment.what {
    case .say: said += sayings.removeValue(forKey: appointment.number) ?? []
    case .arrive(let instance):
      guard jobs[instance]?.phase == .pending else { return }
      if options.maxOutstanding == nil {
        begin(instance)
      } else {
        queue.append(instance)
        serveQueue()
      }
    case .finish(let instance, let started):
      guard let index = jobs.index(of: instance), jobs.values[index].phase == .running,
        jobs.values[index].started == started
      else { return }
      end(instance, jobs.values[index].fate.cause ?? .launchFailure)
    case .lose(let node): lose(node)
    case .regain(let node):
      nodes[node].isUp = true
      tell([
        .nodeUp(ClusterNode(name: nodes[node].name, cores: options.cores, memory: options.memory))
      ])
      if let loss = options.faults.nodeLoss {
        arrange(.lose(node), after: loss.draw(&nodes[node].random))
      }
      serveQueue()
    }
  }

  /// If the cluster has a queue of its own: starts tasks in the order of arrival.
  private mutating func serveQueue() {
    while queueHead < queue.count {
      guard let job = jobs[queue[queueHead]], job.phase == .pending else {
        queueHead += 1
        continue
      }
      guard let node = nodes.firstIndex(where: { $0.isUp && $0.fits(job) }) else { break }
      queueHead += 1
      jobs.values[jobs.index(of: job.instance)!].node = node
      begin(job.instance)
    }
    if queueHead > 4096, queueHead * 2 > queue.count {
      queue.removeFirst(queueHead)
      queueHead = 0
    }
  }

  private mutating func begin(_ instance: TaskInstanceID) {
    let job = jobs.index(of: instance)!
    guard let node = jobs.values[job].node, nodes[node].isUp, jobs.values[job].fate.cause != nil else {
      // It occupies nothing on a node that would have to be released.
      jobs.values[job].node = nil
      return end(instance, .launchFailure)
    }
    nodes[node].take(jobs.values[job])
    jobs.values[job].phase = .running
    jobs.values[job].started = now
    if chronicle != nil { chronicle!.append(Happening(instance: instance, end: nil)) }
    let runtime = jobs.values[job].fate.runtime
    if runtime > 0 { tell(.started(instance, node: nodes[node].name, at: wall(now)), of: job) }
    arrange(.finish(instance, started: now), afterMilliseconds: runtime)
  }

  private mutating func end(_ instance: TaskInstanceID, _ cause: Cause) {
    guard let job = jobs.index(of: instance), !jobs.values[job].isOver else { return }
    let ran = jobs.values[job].phase == .running
    free(jobs.values[job])
    if ran, chronicle != nil { chronicle!.append(Happening(instance: instance, end: cause)) }
    jobs.values[job].phase = .ended(cause, at: now)
    tell(.ended(instance, outcome(of: jobs.values[job], cause, at: now)), of: job)
    if ran, options.maxOutstanding != nil { serveQueue() }
  }

  private func outcome(of job: SimulatedJob, _ cause: Cause, at end: Int64) -> Outcome {
    Outcome(
      cause: cause, started: job.started.map(wall), ended: wall(end), node: job.node.map { nodes[$0].name },
      usage: job.started.map { started in
        ResourceUsage(
          wall: Double(end - started) / 1000, cpu: Double(end - started) * Double(job.cores) / 1000,
          peakMemory: job.fate.peakMemory)
      },
      message: cause == .memory ? "simulated" : nil)
  }

  private mutating func free(_ job: SimulatedJob) {
    if job.phase == .running, let node = job.node { nodes[node].give(back: job) }
  }

  private mutating func lose(_ node: Int) {
    nodes[node].isUp = false
    tell([.nodeDown(nodes[node].name)])
    let lost = jobs.filter { $0.phase == .running && $0.node == node }.sorted()
    for instance in lost { end(instance, .nodeFailure) }
    arrange(.regain(node), after: options.faults.nodeAbsence.draw(&nodes[node].random))
  }

  // MARK: Events

  /// Posts an event about a job, late or twice if the options say so.
  private mutating func tell(_ event: ExecutorEvent, of job: Int) {
    if isPunctual { return said.append(event) }
    var random = jobs.values[job].random
    answer([event], after: options.late.draw(&random))
    if random.happens(options.faults.duplicate) {
      say([event], after: options.late.draw(&random) + random.fraction())
    }
    jobs.values[job].random = random
  }

  private mutating func tell(_ events: [ExecutorEvent]) { said += events }

  /// - Parameter seconds: the delay; 0 for at once.
  private mutating func answer(_ events: [ExecutorEvent], after seconds: Double) {
    if seconds > 0 { say(events, after: seconds) } else { said += events }
  }

  private mutating func say(_ events: [ExecutorEvent], after seconds: Double) {
    arrange(.say, after: seconds)
    sayings[appointments] = events
  }

  private mutating func arrange(_ what: Appointment.What, after seconds: Double) {
    arrange(what, afterMilliseconds: Milliseconds.of(seconds: seconds))
  }

  /// The end of virtual time; later events are moved to this time.
  private static let end: Int64 = 1 << 62

  private mutating func arrange(_ what: Appointment.What, afterMilliseconds milliseconds: Int64) {
    appointments += 1
    agenda.insert(
      Appointment(due: min(now.clampedSum(max(0, milliseconds)), Self.end), number: appointments, what: what))
  }

  private func wall(_ monotonic: Int64) -> Timestamp { Timestamp(milliseconds: monotonic + wallOffset) }
}

extension SimulatedJob {
  var isOver: Bool { if case .ended = phase { true } else { false } }
}

extension SimulatedCluster.Node {
  func fits(_ job: SimulatedJob) -> Bool { freeCores >= job.cores && freeMemory >= job.memory }

  mutating func take(_ job: SimulatedJob) {
    freeCores -= job.cores
    freeMemory -= job.memory
  }

  mutating func give(back job: SimulatedJob) {
    freeCores += job.cores
    freeMemory += job.memory
  }
}
