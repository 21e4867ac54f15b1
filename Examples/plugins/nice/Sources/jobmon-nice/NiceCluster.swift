import Foundation
import JobmonCore
import Synchronization

/// Runs tasks as processes of this machine with low priority. The core places them. They end with this program.
@main
final class NiceCluster: PluginMain {
  private struct Opened: Sendable {
    var context: ExecutorContext
    var events: any ExecutorEventSink
    var niceness: Int
    var node: ClusterNode
  }

  private struct State {
    var opened: Opened?
    var running: [TaskInstanceID: Command] = [:]
    /// All submitted instances: a batch may arrive twice, but runs once.
    var known: Set<TaskInstanceID> = []
  }

  private let state = Mutex(State())

  init() {}

  func start(_ context: ExecutorContext, events: any ExecutorEventSink) throws {
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/nice") else {
      throw ExecutorError("/usr/bin/nice was not found: install coreutils")
    }
    var niceness = 10
    if case .integer(let number)? = context.options["niceness"] { niceness = Int(number) }
    let node = ClusterNode(
      name: ProcessInfo.processInfo.hostName, cores: ProcessInfo.processInfo.activeProcessorCount,
      memory: Int64(ProcessInfo.processInfo.physicalMemory))
    state.withLock {
      $0.opened = Opened(context: context, events: events, niceness: niceness, node: node)
    }
    var description = ExecutorDescription(maxBatch: 1000, placement: .core([node]), outlivesDriver: false)
    description.options = [ClusterOption("niceness", .integer, "from 0 to 19; 19 is the lowest priority")]
    events.post(.info(description))
  }

  func validate(_ requests: [ResourceRequest]) {
    guard let opened = state.withLock({ $0.opened }) else { return }
    let verdicts = requests.map { request -> ResourceVerdict in
      let isTooLarge = request.cores > opened.node.cores || (request.memory ?? 0) > opened.node.memory
      return isTooLarge ? .impossible(why: "the request is larger than this machine") : .ok
    }
    opened.events.post(.validated(requests, verdicts))
  }

  func submit(_ batch: Batch) {
    guard let opened = state.withLock({ $0.opened }) else { return }
    let news = state.withLock { state in batch.tasks.filter { state.known.insert($0.instance).inserted } }
    opened.events.post(.submitted(news.map(\.instance), .accepted(handle: nil)))
    for task in news { run(task, opened) }
  }

  private func run(_ task: BatchTask, _ opened: Opened) {
    // Hold the lock, so that the command is recorded before its end can be posted.
    state.withLock { state in
      do {
        state.running[task.instance] = try Command(task, opened.context, niceness: opened.niceness) {
          [self] outcome in
          self.state.withLock { $0.running[task.instance] = nil }
          opened.events.post(.ended(task.instance, outcome))
        }
        opened.events.post(.started(task.instance, node: opened.node.name, at: .now))
      } catch {
        opened.events.post(
          .ended(task.instance, Outcome(cause: .launchFailure, ended: .now, message: "\(error)")))
      }
    }
  }

  func cancel(_ instances: [TaskInstanceID]) {
    guard let opened = state.withLock({ $0.opened }) else { return }
    for instance in instances {
      let command = state.withLock { $0.running[instance] }
      opened.events.post(.cancelled(instance, command == nil ? .alreadyEnded : .requested))
      command?.end(grace: opened.context.killGrace)
    }
  }

  /// Ends what an earlier process of this program started, because its outcome could not be learned.
  func recover(_ batches: [RecoverableBatch]) {
    guard let opened = state.withLock({ $0.opened }) else { return }
    for batch in batches {
      for instance in batch.instances {
        Command.endLeftovers(token: "\(batch.token).\(instance.index)")
        opened.events.post(.recovered(instance.instance, .absent))
      }
    }
  }

  func acknowledge(_ instances: [TaskInstanceID]) {}

  func stop(_ mode: ExecutorStopMode) {
    let left = state.withLock { Array($0.running.values) }
    for command in left { command.end(grace: mode == .cancelAll ? 1 : 0) }
    for command in left { command.waitForEnd() }
  }
}
