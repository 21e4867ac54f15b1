import ArgumentParser
import Foundation
import JobmonCore

struct TemplateResourcesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "task_template_resources",
    abstract:
      "Show what the tasks of templates used: memory and run time of the attempts that were successful.",
    discussion: "In JSON memory is in bytes and run time in seconds.")

  @Option(
    name: [.short, .customLong("task_template_version")], parsing: .upToNextOption,
    help: ArgumentHelp("These versions of templates.", valueName: "id"))
  var taskTemplateVersion: [Int64] = []

  @Option(help: ArgumentHelp("All versions of this template; * and ? stand for any.", valueName: "name"))
  var template: String?

  @Option(
    name: [.short, .customLong("workflows")], parsing: .upToNextOption,
    help: ArgumentHelp("Only these workflows.", valueName: "id"), completion: Completions.workflows)
  var workflows: [Int64] = []

  @Option(
    name: [.customShort("a"), .customLong("node_args")],
    help: ArgumentHelp(
      "Only tasks with these node arguments: a JSON object such as {\"location_id\": [1, 2]}.",
      valueName: "json"))
  var nodeArgs: String?

  @OptionGroup var output: OutputOptions
  @OptionGroup var store: StoreOptions

  func validate() throws {
    if taskTemplateVersion.isEmpty, template == nil, workflows.isEmpty {
      throw ValidationError("give a template with -t or --template, or a workflow with -w")
    }
  }

  func run() throws {
    let filter = UsageFilter(
      versions: taskTemplateVersion, template: template, workflows: workflows,
      nodeArgs: try nodeArgs.map(Self.nodeArgs) ?? [:])
    try Listing(store.queries().templateResources(filter)).tell(output)
  }

  /// The values of each argument, as text: one, or a list of them.
  private static func nodeArgs(_ json: String) throws -> [String: Set<String>] {
    guard let value = try? JSONDecoder().decode([String: JSONValue].self, from: Data(json.utf8)) else {
      throw RunRefusal(UsageFault.badValue(option: "-a", .jsonObject(json)))
    }
    return value.mapValues { value in
      if case .array(let values) = value { Set(values.map(text)) } else { [text(value)] }
    }
  }

  private static func text(_ value: JSONValue) -> String {
    switch value {
    case .string(let text): text
    case .null: ""
    default: JSONText.line(value)
    }
  }
}
