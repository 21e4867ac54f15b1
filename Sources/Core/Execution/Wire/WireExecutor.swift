import Foundation
import JobmonModel
import Synchronization

/// A cluster backend that is a program of its own: tells it, by lines of JSON on its standard input, what this executor
/// is told, and passes on what it says on its standard output.
///
/// The program may do whatever it likes without harm to the run: it is started again when it ends, or does not answer,
/// and asked what became of everything that it was given (`WireExecutor+Restart.swift`).
public final class WireExecutor: AbandonableExecutor {
  /// How long the program may be silent, in seconds.
  public struct Deadlines: Sendable {
    /// From its start to `info`.
    public var start: Double = 30
    /// From a call to its response, and from one response to the next.
    public var call: Double = 60
    /// From the response to everything that the call asks for: verdicts, what became of instances.
    public var answer: Double = 600
    /// From `stop` to its end, beyond the grace that tasks have.
    public var stop: Double = 20
    /// Before it is started anew for the second time in a row; doubles with each.
    public var backoffFirst: Double = 0.1
    /// The longest wait before it is started anew.
    public var backoffMax: Double = 60

    /// The deadlines that runs use.
    public init() {}
  }

  struct Opened: Sendable {
    var context: ExecutorContext
    var events: any ExecutorEventSink
  }

  enum Phase: Sendable {
    /// There is a process which has not said what it is; or there is none, and another will be started.
    case starting
    case ready
    case stopping
    /// It will not be started again.
    case over
  }

  /// An instance that the program was given and that has not ended.
  struct Job: Sendable {
    var token: String
    var index: Int
    var resources: ResourceRequest
    var handle: String?
    var isCancelled = false
    /// The call that asks for a word on it.
    var call: Int?
  }

  /// A call that is not answered yet, in all that it asks for.
  struct Call: Sendable {
    var request: WireRequest
    var isAnswered = false
    /// How many instances, or verdicts, are still to come.
    var missing: Int
    /// Since when it is waited for, in monotonic milliseconds.
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
    /// What is to be told when the program is ready.
    var waiting: [WireRequest] = []
    var jobs: [TaskInstanceID: Job] = [:]
    /// Everything that it was ever given in this run.
    var known = IndexSet()
    /// Instances whose outcome was passed on and not acknowledged yet.
    var unacknowledged: Set<TaskInstanceID> = []
    /// Ends in a row, without a task that ended in between.
    var deaths = 0
    var restarts = 0
    var isReportedIll = false
    /// The end of its log.
    var lastWords: [String] = []
    /// The last thing it said that makes no sense.
    var lastOddity: String?
    /// Why it was ended, where that was done from here.
    var endedFor: String?
    var gate = LogGate()
    var oddities = 0
  }

  /// What wakes the thread that looks after the program.
  enum Note: Sendable {
    case died(how: String)
    /// There is a call to wait for.
    case called
    case over
  }

  let plugin: String
  let command: [String]
  let deadlines: Deadlines
  let state = Mutex(State())
  let notes = Mailbox<Note>()

  /// - Parameters:
  ///   - plugin: its name in the registry.
  ///   - command: the program's path and its arguments.
  public init(plugin: String, command: [String], deadlines: Deadlines = Deadlines()) {
    self.plugin = plugin
    self.command = command
    self.deadlines = deadlines
  }

  /// Starts the program. Throws ``ExecutorError`` where that is not possible; anything later is told by events.
  public func start(_ context: ExecutorContext, events: any ExecutorEventSink) throws {
    let opened = Opened(context: context, events: events)
    state.withLock { $0.opened = opened }
    try launch(opened)
    let thread = Thread { [self] in supervise(opened) }
    thread.name = "plugin \(plugin)"
    thread.start()
  }

  /// Asks the program, or the next one while this one is being started again.
  public func validate(_ requests: [ResourceRequest]) { tell(.validate(requests)) }

  /// Gives the batch to the program, and remembers its instances, so that they are asked after when it dies.
  public func submit(_ batch: Batch) {
    tell(.submit(batch)) { state in
      for task in batch.tasks { state.known.insert(Int(task.instance)) }
    }
  }

  /// Has the program end these; one that it does not have any more is answered here, as already ended.
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

  /// Takes these back; only programs that declare ``ExecutorCapability/prefetches`` are told.
  public func withdraw(_ instances: [TaskInstanceID]) { tell(.withdraw(instances)) }

  /// Asks the program what became of these; it is asked again, should it die before it answers.
  public func recover(_ batches: [RecoverableBatch]) {
    tell(.recover(batches)) { state in
      for batch in batches {
        for instance in batch.instances { state.known.insert(Int(instance.instance)) }
      }
    }
  }

  /// Passes on that these outcomes are stored, and no longer expects them again.
  public func acknowledge(_ instances: [TaskInstanceID]) {
    tell(.acknowledge(instances)) { $0.unacknowledged.subtract(instances) }
  }

  /// Tells the program, waits for its end, and ends it where that takes too long.
  public func stop(_ mode: ExecutorStopMode) {
    let (process, patience) = state.withLock { state in
      let wasReady = state.phase == .ready
      state.phase = state.process == nil ? .over : .stopping
      if wasReady { call([.stop(mode)], &state) }
      let grace = mode == .cancelAll ? state.opened?.context.killGrace ?? 0 : 0
      // One that was given no task has nothing to finish.
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

  /// Kills the program, as its own fault would; it is started again.
  func killProgram() { state.withLock { $0.process }?.kill() }

  /// Leaves it as this process's death would: without a word.
  func vanish() {
    let process = state.withLock { state in
      state.phase = state.process == nil ? .over : .stopping
      return state.process
    }
    process?.hangUp()
    if let process, !process.waitForEnd(deadlines.stop) { process.kill() }
    notes.post([.over])
  }

  // MARK: Telling

  /// Tells the program, or keeps it for the next one.
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

  /// Calls the program, and remembers what it was given and what it owes.
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
  /// One thing less is missing of a call.
  mutating func answered(_ id: Int, count: Int = 1) {
    guard var call = calls.removeValue(forKey: id) else { return }
    call.missing -= count
    if call.missing > 0 || !call.isAnswered { calls[id] = call }
  }
}

extension WireRequest {
  /// How many notices have to follow.
  var owed: Int {
    switch self {
    case .start, .validate: 1
    case .submit(let batch): batch.tasks.count
    case .recover(let batches): batches.reduce(0) { $0 + $1.instances.count }
    case .cancel, .withdraw, .acknowledge, .stop: 0
    }
  }

  /// The instances that it is about.
  var instances: [TaskInstanceID] {
    switch self {
    case .start, .validate, .stop: []
    case .submit(let batch): batch.tasks.map(\.instance)
    case .recover(let batches): batches.flatMap { $0.instances.map(\.instance) }
    case .cancel(let instances), .withdraw(let instances), .acknowledge(let instances): instances
    }
  }
}
