import ArgumentParser
import BuiltinPlugins
import Foundation
import JobmonCore
import OSText

struct ResourceYAMLCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "yaml",
    abstract:
      "Write the resources that tasks used as a file for include.",
    discussion: """
      Without -f the text is printed.
      EXAMPLE: jobmon workflow resources yaml -w 3 -f resources.yaml
      """)

  /// Which of the measured figures to use.
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

  @OptionGroup var workflowsOption: WorkflowsOption

  @OptionGroup var taskOption: TaskOption

  @Option(name: .customLong("value-mem"), help: "Statistic for memory.")
  var memory = Figure.max

  @Option(name: .customLong("value-core"), help: "Statistic for cores.")
  var cores = Figure.max

  @Option(name: .customLong("value-runtime"), help: "Statistic for run time.")
  var runtime = Figure.max

  @Option(
    name: [.short, .customLong("clusters")], parsing: .upToNextOption,
    help: ArgumentHelp("Clusters (default: those that the tasks ran on).", valueName: "name"),
    completion: Completions.clusters)
  var clusters: [String] = []

  @Option(
    help: ArgumentHelp(
      "Safety margin for memory and run time: 0.2 adds 20 %.",
      valueName: "fraction"))
  var margin = 0.0

  @Flag(
    name: .customLong("busy-cores"),
    help: "Use the number of busy cores (CPU time / run time) instead of the requested cores.")
  var busyCores = false

  @Flag(help: "Show a comparison with the requests instead of the file.")
  var diff = false

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The file to write; an existing file is replaced (- = standard output).", valueName: "file"),
    completion: .file())
  var file: String?

  @Flag(name: [.short, .customLong("print")], help: "Print the text also when -f is given.")
  var prints = false

  @OptionGroup var output: OutputOptions
  @OptionGroup var store: StoreOptions

  func validate() throws {
    if taskOption.isGiven, workflowsOption.isGiven {
      throw ValidationError("give workflows with -w or a task with -t, not both")
    }
    if !(0...10).contains(margin) { throw ValidationError("--margin takes a fraction such as 0.2") }
    if diff, file != nil { throw ValidationError("--diff prints a table and cannot be combined with -f") }
  }

  func run() throws {
    let store = try store.queries()
    let attempt = try taskOption.id(in: store, WorkflowOption()).map {
      try store.attempts(of: [$0], words: [])[0]
    }
    let workflows = try attempt.map { [$0.workflow] } ?? workflowsOption.idsOrNewest(in: store)
    var requests: [String: [ResourceRequest]] = [:]
    for workflow in workflows { requests.merge(try store.requests(of: workflow)) { $0 + $1 } }
    if !clusters.isEmpty {
      let registry = try PluginRegistry.standard(file: nil)
      for name in clusters where requests[name] == nil { _ = try registry.cluster(name) }
    }
    var resources = RecordedResources()
    let clusters = clusters.isEmpty ? requests.keys.sorted() : clusters
    var listing = Listing<SavingRow>()
    for usage in try store.usage(UsageFilter(workflows: workflows))
    where attempt == nil || usage.template == attempt?.task.template {
      guard usage.count > 0 else {
        Console.error("template \(usage.template): no task is DONE; left out")
        continue
      }
      let request = advice(usage)
      if diff { listing.rows.append(comparison(usage, request)) }
      for cluster in clusters { resources.templates[usage.template, default: [:]][cluster] = request }
    }
    guard !resources.templates.isEmpty else {
      throw RunRefusal(AbsenceFault.usage(workflows))
    }
    if diff { return try listing.tell(output) }
    for cluster in clusters {
      resources.tool[cluster] = RecordedResources.shared(by: requests[cluster] ?? [])
    }
    // Characters that need it are escaped in YAML's double quotes, as in JSON.
    let text = VisibleText.json(output.isJSON ? JSONText.line(resources.json) + "\n" : resources.yaml)
    let file = file == OutputFile.standardOutput ? nil : file
    if let file { try OutputFile.write(Data(text.utf8), to: file, named: "-f") }
    if prints || file == nil { try StandardOutput.write(Data(text.utf8)) }
  }

  private func advice(_ usage: TemplateUsage) -> ComputeResources {
    let cores = busyCores ? usage.busyCores ?? usage.cores : usage.cores
    func more(_ figure: Double) -> Int64 { Int64(nearest: (figure * (1 + margin)).rounded(.up)) }
    return ComputeResources(
      cores: cores.map { max(1, Int(self.cores.of($0).rounded(.up))) },
      memory: usage.memory.map { more(memory.of($0)) },
      runtime: usage.runtime.map { max(1, more(runtime.of($0))) })
  }

  private func comparison(_ usage: TemplateUsage, _ advice: ComputeResources) -> SavingRow {
    let cores = max(1, (usage.busyCores ?? usage.cores).map { Int(self.cores.of($0).rounded(.up)) } ?? 1)
    return SavingRow(usage: usage, advice: advice, cores: cores)
  }
}

/// The largest request beside the advised one, and what the advised one would have saved in the observed attempts. A
/// request below the advised one counts as a negative saving.
private struct SavingRow: ListedRow {
  var usage: TemplateUsage
  var advice: ComputeResources
  /// Advised.
  var cores: Int

  enum CodingKeys: String, CodingKey, CaseIterable {
    case template, attempts
    case askedCores = "asked_cores"
    case advisedCores = "advised_cores"
    case savedCores = "saved_core_hours"
    case askedMemory = "asked_memory"
    case advisedMemory = "advised_memory"
    case savedMemory = "saved_gib_hours"
    case askedRuntime = "asked_runtime"
    case advisedRuntime = "advised_runtime"
  }

  var values: [JSONValue] { cells { .integer($0) } }
  var shown: [JSONValue] { cells { .string(MemorySize.text($0)) } }

  private func cells(_ memory: (Int64) -> JSONValue) -> [JSONValue] {
    [
      .string(usage.template), JSONValue(usage.count), JSONValue(usage.asked.map(\.cores).max()),
      JSONValue(cores), hours { Double($0.cores - cores) },
      usage.asked.compactMap(\.memory).max().map(memory) ?? .null, advice.memory.map(memory) ?? .null,
      hours { asked in
        asked.memory.flatMap { memory in advice.memory.map { Double(memory - $0) / Double(1 << 30) } }
      },
      JSONValue(usage.asked.compactMap(\.runtime).max()), JSONValue(advice.runtime),
    ]
  }

  private func hours(_ saved: (TemplateUsage.Asked) -> Double?) -> JSONValue {
    let parts = usage.asked.compactMap { asked in saved(asked).map { $0 * asked.seconds / 3600 } }
    return parts.isEmpty ? .null : .number(parts.reduce(0, +))
  }
}
