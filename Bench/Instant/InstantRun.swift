import Foundation
import JobmonCore

/// `jobmon-bench FILE DATABASE`: reads a workflow, binds it, and runs it on a cluster where every task succeeds at
/// once.
@main
struct InstantRun {
  static func main() throws {
    ProgramStart.prepare()
    let arguments = CommandLine.arguments
    guard arguments.count == 3 else {
      _ = Descriptor.write("usage: jobmon-bench FILE DATABASE\n", to: STDERR_FILENO)
      exit(2)
    }
    let began = ContinuousClock.now
    let definition = try WorkflowFile.read(path: arguments[1])
    let read = ContinuousClock.now

    var registry = PluginRegistry()
    registry.register(
      PluginRegistry.Cluster(name: "instant", plugin: "instant", options: [:]) { InstantExecutor(slots: 500) }
    )
    var options = RunOptions(
      logs: arguments[2] + ".logs", workingDirectory: FileManager.default.currentDirectoryPath,
      environment: [])
    options.cluster = "instant"
    let runner = WorkflowRunner(
      store: try SQLiteStore(path: arguments[2]), heartbeatStore: try SQLiteStore(path: arguments[2]),
      registry: registry, options: options, observer: Silence())
    let result = try runner.run(definition)
    print(
      "\(result.status.rawValue), \(result.tasksDone) tasks: read \(read - began), bound and run \(.now - read)"
    )
    exit(result.status == .done ? 0 : 1)
  }
}

/// An observer that does nothing.
struct Silence: RunObserver {
  func began(_ start: RunStart) {}
  func progressed(_ progress: RunProgress) {}
  func failed(_ task: FailedTask, attempt: Int, willRetry: Bool) {}
  func changed(_ events: [StatusEvent]) {}
  func noticed(_ text: String) {}
  func interrupted(_ interruption: RunInterruption) {}
  var wantsEvents: Bool { false }
}
