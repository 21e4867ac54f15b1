import ArgumentParser
import Foundation
import JobmonCore

struct TemplateResourcesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "usage",
    abstract:
      "Show memory and run time of the successful attempts, by template.",
    discussion: """
      In JSON memory is in bytes and run time in seconds.
      EXAMPLE: jobmon workflow resources usage -w 3
      """)

  @Option(
    name: [.short, .customLong("task-template-version")], parsing: .upToNextOption,
    help: ArgumentHelp("Template versions.", valueName: "id"))
  var taskTemplateVersion: [Int64] = []

  @Option(
    help: ArgumentHelp("All versions of this template (* and ? match any characters).", valueName: "name"))
  var template: String?

  @OptionGroup var workflowsOption: WorkflowsOption

  @Option(
    name: [.customShort("a"), .customLong("node-args")],
    help: ArgumentHelp(
      "Only tasks with these node_args: a JSON object such as {\"location_id\": [1, 2]}.",
      valueName: "json"))
  var nodeArgs: String?

  @OptionGroup var output: ListOptions
  @OptionGroup var store: StoreOptions

  func validate() throws {
    if taskTemplateVersion.isEmpty, template == nil, !workflowsOption.isGiven {
      throw ValidationError("give a template with -t or --template, or a workflow with -w")
    }
  }

  func run() throws {
    let store = try store.queries()
    let filter = UsageFilter(
      versions: taskTemplateVersion, template: template, workflows: try workflowsOption.ids(in: store),
      nodeArgs: try nodeArgs.map(Self.nodeArgs) ?? [:])
    try Listing(store.templateResources(filter)).tell(output)
  }

  /// The values of each argument, as text: a single value or a list.
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
