import Foundation
import JobmonModel
import Synchronization

/// A cluster backend that is a separate program. Calls are sent to its standard input as lines of JSON, and events are
/// read from its standard output.
///
/// No fault of the program can harm the run. If it ends or does not answer, it is restarted and asked for the state of
/// everything that it received (`WireExecutor+Restart.swift`).
public final class WireExecutor: AbandonableExecutor {
  /// The time limits for answers of the program, in seconds.
  public struct Deadlines: Sendable {
    /// From its start to `info`.
    public var start: Double = 30
    /// From a call to its response, and between two responses.
    public var call: Double = 60
    /// From the response to all notices for the call: verdicts, states of instances.
    public var answer: Double = 600
    /// From `stop` to its end, in addition to the grace period of tasks.
    public var stop: Double = 20
    /// Before the second consecutive restart. Doubles with each further one.
    public var backoffFirst: Double = 0.1
    /// The longest pause before a restart.
    public var backoffMax: Double = 60

    /// Creates the deadlines used in runs.
    public init() {}
  }

  struct Opened: Sendable {
    var context: ExecutorContext
    var events: any ExecutorEventSink
  }

  enum Phase: Sendable {
    /// No `info` received yet, or no process is running and another will be started.
    case starting
    case ready
    case stopping
    /// It will not be restarted.
    case over
  }

  /// An instance that was given to the program and has not ended.
  struct Job: Sendable {
    var token: String
    var index: Int
    var resources: ResourceRequest
    var handle: String?
    var isCancelled = false
    /// The call that expects an answer for it.
    var call: Int?
  }

  /// A call that is not completely answered.
  struct Call: Sendable {
    var request: WireRequest
    var isAnswered = false
    /// Number of instances or verdicts that are missing.
    var missing: Int
    /// Since when an answer is awaited, in monotonic milliseconds.
    var since: Int64
  }

  struct State: Sendable {
    var opened: Opened?
    var process: PluginProcess?
    var phase = Phase.starting
    var description: ExecutorDescription?
    var calls: [Int: Call] = [:]
    var lastCall = 0
    /// When the program last answered a call.
    var answeredAt: Int64 = 0
    /// Calls to send when the program is ready.
    var waiting: [WireRequest] = []
    var jobs: [TaskInstanceID: Job] = [:]
    /// All instances that it received in this run.
    var known = IndexSet()
    /// Instances whose outcome was passed on but is not acknowledged.
    var unacknowledged: Set<TaskInstanceID> = []
    /// Number of consecutive ends of the program without an ended task in between.
    var deaths = 0
    var restarts = 0
    var isReportedIll = false
    /// The last lines of its log.
    var lastWords: [String] = []
    /// The last invalid message.
    var lastOddity: String?
    /// Why it was killed, if this executor killed it.
    var endedFor: String?
    var gate = LogGate()
    var oddities = 0
  }

  /// The messages that wake the supervising thread.
  enum Note: Sendable {
    case died(how: String)
    /// A call awaits an answer.
    case called
    case over
  }

  let plugin: String
  let command: [String]
  let deadlines: Deadlines
  let state = Mutex(State())
  let notes = Mailbox<Note>()

  /// Creates an executor. The program is not started.
  ///
  /// - Parameters:
  ///   - plugin: its name in the registry.
  ///   - command: the program's path and its arguments.
  public init(plugin: String, command: [String], deadlines: Deadlines = Deadlines()) {
    self.plugin = plugin
    self.command = command
    self.deadlines = deadlines
  }

  /// Starts the program. Throws ``ExecutorError`` if that is not possible. Later faults are reported as events.
  public func start(_ context: ExecutorContext, events: any ExecutorEventSink) throws {
    let opened = Opened(context: context, events: events)
    state.withLock { $0.opened = opened }
    try launch(opened)
    let thread = Thread { [self] in supervise(opened) }
    thread.name = "plugin \(plugin)"
    thread.start()
  }

  /// Asks the program. During a restart, the next process is asked.
  public func validate(_ requests: [ResourceRequest]) { tell(.validate(requests)) }

  /// Passes the batch to the program, and records its instances, so that they are recovered if the program dies.
  public func submit(_ batch: Batch) {
    tell(.submit(batch)) { state in
      for task in batch.tasks { state.known.insert(Int(task.instance)) }
    }
  }

  /// Passes the request to the program. An instance that the program no longer has is answered here as already ended.
  public func cancel(_ instances: [TaskInstanceID]) {
    guard let opened = state.withLock({ $0.opened }) else { return }
    let over = state.withLock { state in
      for instance in instances { state.jobs[instance]?.isCancelled = true }
      let queued = Set(state.waiting.flatMap { $0.instances })
      return instances.filter { state.jobs[$0] == nil && !queued.contains($0) }
    }
    let others = Set(instances).subtracting(over)
    if !others.isEmpty { tell(.cancel(others.sorted())) }
    opened.events.post(over.map { .cancelled($0, .alreadyEnded) })
  }

  /// Passes the request to the program. Called only if it declares ``ExecutorCapability/prefetches``.
  public func withdraw(_ instances: [TaskInstanceID]) { tell(.withdraw(instances)) }

  /// Asks the program for the state of these instances. If it dies before it answers, the next process is asked.
  public func recover(_ batches: [RecoverableBatch]) {
    tell(.recover(batches)) { state in
      for batch in batches {
        for instance in batch.instances { state.known.insert(Int(instance.instance)) }
      }
    }
  }

  /// Informs the program that these outcomes are stored. It should not repeat them.
  public func acknowledge(_ instances: [TaskInstanceID]) {
    tell(.acknowledge(instances)) { $0.unacknowledged.subtract(instances) }
  }

  /// Informs the program, waits for its end, and kills it if that takes too long.
  public func stop(_ mode: ExecutorStopMode) {
    let (process, patience) = state.withLock { state in
      let wasReady = state.phase == .ready
      state.phase = state.process == nil ? .over : .stopping
      if wasReady { call([.stop(mode)], &state) }
      let grace = mode == .cancelAll ? state.opened?.context.killGrace ?? 0 : 0
      // A program that received no task has nothing to finish.
      let hasTasks = state.description != nil && !state.known.isEmpty
      return (state.process, hasTasks ? grace + deadlines.stop : min(1, deadlines.stop))
    }
    process?.hangUp()
    if let process, !process.waitForEnd(patience) {
      process.kill()
      _ = process.waitForEnd(5)
    }
    notes.post([.over])
  }

  package func abandon() { state.withLock { $0.process }?.kill() }

  /// Kills the program, as if it had crashed. It is restarted.
  func killProgram() { state.withLock { $0.process }?.kill() }

  /// Disconnects from the program without `stop`, as if this process had died.
  func vanish() {
    let process = state.withLock { state in
      state.phase = state.process == nil ? .over : .stopping
      return state.process
    }
    process?.hangUp()
    if let process, !process.waitForEnd(deadlines.stop) { process.kill() }
    notes.post([.over])
  }

  // MARK: Calls

  /// Sends a call to the program, or queues it for the next process.
  private func tell(_ request: WireRequest, _ note: (inout State) -> Void = { _ in }) {
    state.withLock { state in
      note(&state)
      switch state.phase {
      case .starting: state.waiting.append(request)
      case .ready: call([request], &state)
      case .stopping, .over: break
      }
    }
  }

  /// Sends calls to the program, and records its instances and the expected answers.
  func call(_ requests: [WireRequest], _ state: inout State) {
    let now = Instant.now.monotonic
    let wasIdle = state.calls.isEmpty
    var calls: [WireCall] = []
    for request in requests {
      state.lastCall += 1
      let id = state.lastCall
      var request = request
      switch request {
      case .submit(let batch):
        for task in batch.tasks {
          state.jobs[task.instance] = Job(
            token: batch.token, index: task.index, resources: batch.resources, call: id)
        }
      case .recover(var batches):
        for batch in batches.indices {
          for index in batches[batch].instances.indices {
            let asked = batches[batch].instances[index]
            let handle = asked.handle ?? state.jobs[asked.instance]?.handle
            batches[batch].instances[index].handle = handle
            let old = state.jobs[asked.instance]
            if let owing = old?.call { state.answered(owing) }
            state.jobs[asked.instance] = Job(
              token: batches[batch].token, index: asked.index, resources: batches[batch].resources,
              handle: handle, isCancelled: batches[batch].cancel || old?.isCancelled ?? false, call: id)
          }
        }
        request = .recover(batches)
      default: break
      }
      state.calls[id] = Call(request: request, missing: request.owed, since: now)
      calls.append(WireCall(id: id, request: request))
    }
    state.process?.send(calls)
    if wasIdle { notes.post([.called]) }
  }
}

extension WireExecutor.State {
  /// Counts answers for a call. A completely answered call is removed.
  mutating func answered(_ id: Int, count: Int = 1) {
    guard var call = calls.removeValue(forKey: id) else { return }
    call.missing -= count
    if call.missing > 0 || !call.isAnswered { calls[id] = call }
  }
}

extension WireRequest {
  /// Number of notices that must follow.
  var owed: Int {
    switch self {
    case .start, .validate: 1
    case .submit(let batch): batch.tasks.count
    case .recover(let batches): batches.reduce(0) { $0 + $1.instances.count }
    case .cancel, .withdraw, .acknowledge, .stop: 0
    }
  }

  /// The instances of the request.
  var instances: [TaskInstanceID] {
    switch self {
    case .start, .validate, .stop: []
    case .submit(let batch): batch.tasks.map(\.instance)
    case .recover(let batches): batches.flatMap { $0.instances.map(\.instance) }
    case .cancel(let instances), .withdraw(let instances), .acknowledge(let instances): instances
    }
  }
}
