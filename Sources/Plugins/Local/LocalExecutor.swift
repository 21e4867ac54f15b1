import Foundation
import JobmonCore
import LinuxProcesses
import Synchronization
import WorkerHost
import WorkerProtocol

/// Runs commands as processes of this machine, through one `jobmon-worker` per run.
///
/// The worker does not outlive this process: when the socket between them closes, it ends every command and all
/// descendants. If the worker dies first, its orphans are ended here and another worker is started.
public final class LocalExecutor: Executor {
  /// No real limit: a task costs only memory in a buffer.
  static let maxBatch = 10_000
  /// How many workers may die in a row, without a command that ended, before no other is started.
  static let patience = 5

  struct Opened: Sendable {
    var context: ExecutorContext
    var events: any ExecutorEventSink
    var options: LocalOptions
    var node: ClusterNode
    var worker: String
    var setting: CommandSetting
  }

  struct State: Sendable {
    var opened: Opened?
    /// nil before the start, and while the orphans of a dead worker are ended.
    var link: WorkerLink?
    /// Frames to send to the next worker.
    var waiting: [DriverFrame] = []
    /// The tokens of accepted instances that have not ended.
    var tokens: [TaskInstanceID: String] = [:]
    /// Everything that was submitted in this run: a second submission is not started again.
    var known = IndexSet()
    /// The number of workers that died since a command last ended.
    var deaths = 0
    var isStopping = false
    /// Whether the driver no longer waits for processes that do not end: those of earlier runs (`isLeaving`), or any
    /// (`isGivenUp`).
    var isLeaving = false
    var isGivenUp = false
    /// Why there is no worker and no other is being started; nil otherwise.
    var broken: String?
  }

  let state = Mutex(State())
  /// Live workers, dead workers whose orphans are being ended, and recoveries in progress.
  let activity = DispatchGroup()

  /// Creates an executor without a worker; ``start(_:events:)`` starts one.
  public init() {}

  /// Starts the worker. Throws ``ExecutorError`` if an option is invalid, or if the worker program is not found.
  public func start(_ context: ExecutorContext, events: any ExecutorEventSink) throws {
    let options = try LocalOptions(context.options, cluster: context.cluster)
    let machine = MachineResources.here(environment: context.environment)
    let node = ClusterNode(
      name: machine.name, cores: options.slots ?? machine.cores, memory: options.memory ?? machine.memory)
    let opened = Opened(
      context: context, events: events, options: options, node: node, worker: try WorkerLocation.find(),
      setting: CommandSetting(
        environment: CommandEnvironment.inherited(from: context.environment),
        directory: context.workingDirectory,
        grace: Milliseconds.of(seconds: context.killGrace), usesControlGroups: options.usesControlGroups,
        memoryKillIsFailure: options.memoryKillIsFailure))
    state.withLock { $0.opened = opened }
    try startWorker(opened, isFirst: true)
    var description = ExecutorDescription(
      queues: options.queues, capabilities: [.enforcesMemory, .enforcesRuntime, .reportsUsage, .prefetches],
      maxBatch: Self.maxBatch, placement: .core([node]), outlivesDriver: false)
    if options.sharesMachine {
      description.machine = HostAmount(cores: machine.cores, memory: machine.memory)
    }
    events.post(.info(description))
  }

  /// Answers at once, from the size of this machine or of the part that the options allow.
  public func validate(_ requests: [ResourceRequest]) {
    guard let opened = state.withLock({ $0.opened }) else { return }
    opened.events.post(
      .validated(requests, requests.map { opened.options.verdict(on: $0, node: opened.node) }))
  }

  /// Sends the tasks to the worker. Tasks that were submitted before are accepted again, but not started twice.
  public func submit(_ batch: Batch) {
    guard let opened = state.withLock({ $0.opened }) else { return }
    let news = state.withLock { state in
      let news = batch.tasks.filter { !state.known.contains(Int($0.instance)) }
      for task in news { state.known.insert(Int(task.instance)) }
      return news
    }
    let orders = news.map { task in
      CommandOrder(
        instance: task.instance, token: "\(batch.token).\(task.index)", command: task.command,
        environment: task.environment, stdout: task.stdout, stderr: task.stderr,
        memory: batch.resources.memory ?? 0, runtime: Milliseconds.of(seconds: batch.resources.runtime ?? 0),
        cores: Int64(batch.resources.cores), waits: task.waits, slots: Int64(task.places))
    }
    // Post this first, or the end of a task could come before it.
    opened.events.post(.submitted(batch.tasks.map(\.instance), .accepted(handle: nil)))
    if let why = mend(opened) {
      let outcome = Outcome(cause: .launchFailure, ended: .now, message: why)
      return opened.events.post(news.map { .ended($0.instance, outcome) })
    }
    KillPoint.reached("local.submit.before")
    tell(orders.map { .run($0) }) { state in
      for order in orders { state.tokens[order.instance] = order.token }
    }
    KillPoint.reached("local.submit.after")
  }

  /// Has the worker end these instances; those that it does not have are answered as already ended.
  public func cancel(_ instances: [TaskInstanceID]) {
    guard let opened = state.withLock({ $0.opened }) else { return }
    let known = state.withLock { state in instances.filter { state.tokens[$0] != nil } }
    tell(known.map { .cancel(instance: $0) })
    let over = Set(instances).subtracting(known)
    opened.events.post(over.sorted().map { .cancelled($0, .alreadyEnded) })
  }

  /// Has the worker return those that wait for a free slot.
  public func withdraw(_ instances: [TaskInstanceID]) { tell(instances.map { .withdraw(instance: $0) }) }

  /// Does nothing: outcomes are not stored, because a command ends with its driver.
  public func acknowledge(_ instances: [TaskInstanceID]) {}

  /// Ends all commands in both modes, because local commands never outlive the driver. `leaveRunning` is for a driver
  /// that leaves at once: commands get no grace period.
  public func stop(_ mode: ExecutorStopMode) {
    switch mode {
    case .cancelAll: tell([.stop]) { $0.isStopping = true }
    case .leaveRunning:
      let link = state.withLock { state in
        state.isStopping = true
        state.isLeaving = true
        return state.link
      }
      link?.hangUp()
    }
    let grace = state.withLock { $0.opened?.context.killGrace ?? 0 }
    while activity.wait(timeout: .now() + grace + 5) == .timedOut {
      let link = state.withLock { state in
        state.isGivenUp = true
        return state.link
      }
      link?.kill()
    }
  }

  /// Whether to continue waiting for processes that do not end.
  func isWaited() -> Bool { !state.withLock { $0.isGivenUp } }

  /// Sends frames to the worker, or keeps them for the next one.
  func tell(_ frames: [DriverFrame], _ note: (inout State) -> Void = { _ in }) {
    guard !frames.isEmpty else { return }
    state.withLock { state in
      note(&state)
      if let link = state.link {
        link.send(frames)
      } else {
        state.waiting += frames
      }
    }
  }
}
