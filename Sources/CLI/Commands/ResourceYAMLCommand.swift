import ArgumentParser
import BuiltinPlugins
import Foundation
import JobmonCore

struct ResourceYAMLCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create_resource_yaml",
    abstract:
      "Write the resources that the tasks of a workflow used into a file that workflow files include.",
    discussion: "Without -f it is printed.")

  /// Which figure of those that were measured.
  enum Figure: String, ExpressibleByArgument, CaseIterable {
    case avg, min, max, p95

    func of(_ spread: TemplateUsage.Spread) -> Double {
      switch self {
      case .avg: spread.mean
      case .min: spread.min
      case .max: spread.max
      case .p95: spread.p95
      }
    }
  }

  @Option(
    name: [.short, .customLong("workflow_id")],
    help: ArgumentHelp("All templates of this workflow.", valueName: "id"))
  var workflow: Int64?

  @Option(
    name: [.short, .customLong("task_id")],
    help: ArgumentHelp("Only the template of this task.", valueName: "id"))
  var task: Int64?

  @Option(name: .customLong("value_mem"), help: "Which of the figures for memory.")
  var memory = Figure.max

  @Option(name: .customLong("value_core"), help: "Which of the figures for cores.")
  var cores = Figure.max

  @Option(name: .customLong("value_runtime"), help: "Which of the figures for run time.")
  var runtime = Figure.max

  @Option(
    name: [.short, .customLong("clusters")], parsing: .upToNextOption,
    help: ArgumentHelp("For these clusters (default: those that the tasks ran on).", valueName: "name"))
  var clusters: [String] = []

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The file to write; one that is there is replaced.", valueName: "file"),
    completion: .file())
  var file: String?

  @Flag(name: [.short, .customLong("print")], help: "Print it, too, where there is a -f.")
  var prints = false

  @OptionGroup var output: OutputOptions
  @OptionGroup var store: StoreOptions

  func validate() throws {
    if (task == nil) == (workflow == nil) {
      throw ValidationError("give a workflow with -w or a task with -t")
    }
  }

  func run() throws {
    let store = try store.open()
    let place = try task.map { try store.attempts(of: [$0])[0] }
    let workflow = place?.workflow ?? workflow!
    let requests = try store.requests(of: workflow)
    if !clusters.isEmpty {
      let registry = try PluginRegistry.standard(file: nil)
      for name in clusters where requests[name] == nil { _ = try registry.cluster(name) }
    }
    var resources = RecordedResources()
    let clusters = clusters.isEmpty ? requests.keys.sorted() : clusters
    for usage in try store.usage(UsageFilter(workflows: [workflow]))
    where place == nil || usage.template == place?.task.template {
      guard usage.count > 0 else {
        Console.error("template \(usage.template): no task of it was done, so it is left out")
        continue
      }
      let request = ComputeResources(
        cores: usage.cores.map { Int(cores.of($0).rounded(.up)) },
        memory: usage.memory.map { Int64(memory.of($0).rounded(.up)) },
        runtime: usage.runtime.map { max(1, Int64(runtime.of($0).rounded(.up))) })
      for cluster in clusters { resources.templates[usage.template, default: [:]][cluster] = request }
    }
    guard !resources.templates.isEmpty else {
      throw RunRefusal(
        .notFound, "no task of workflow \(workflow) was done yet that could tell what it needs",
        workflowID: workflow)
    }
    for cluster in clusters {
      resources.tool[cluster] = RecordedResources.shared(by: requests[cluster] ?? [])
    }
    let text = output.isJSON ? JSONText.line(resources.json) + "\n" : resources.yaml
    if let file { try write(text, to: file) }
    if prints || file == nil { print(text, terminator: "") }
  }

  private func write(_ text: String, to file: String) throws {
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
    } catch {
      throw RunRefusal(.invalidUsage, "-f \(file): it cannot be written: \(error.localizedDescription)")
    }
  }
}
