import ArgumentParser
import Foundation
import JobmonCore

struct WorkflowStatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "List workflows with the counts of their tasks, newest first.",
    discussion: "EXAMPLE: jobmon workflow status -u ann -l 20",
    aliases: ["list"])

  @OptionGroup var workflowsOption: WorkflowsOption

  @Option(
    name: .shortAndLong, parsing: .upToNextOption,
    help: ArgumentHelp("Only workflows of these users (default: mine).", valueName: "name"))
  var user: [String] = []

  @OptionGroup var limitOption: LimitOption

  @Option(help: ArgumentHelp("Only workflows with this name.", valueName: "text"))
  var name: String?

  @Option(help: ArgumentHelp("Only workflows of this tool.", valueName: "text"))
  var tool: String?

  @Option(
    parsing: .upToNextOption, help: ArgumentHelp("Only workflows in these states.", valueName: "word"),
    completion: .list(WorkflowStatus.allCases.map(\.rawValue)))
  var status: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Only workflows with this attribute.", valueName: "name=value"))
  var attribute: [String] = []

  @Option(
    help: ArgumentHelp(
      "Only workflows created since: a time such as 2026-01-31 or 2026-01-31T08:15:00Z, or a time span such as 2h or 7d.",
      valueName: "time"))
  var since: String?

  @OptionGroup var output: ListOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    let store = try store.queries()
    let workflows = try workflowsOption.ids(in: store)
    var filter = WorkflowFilter(ids: workflows, name: name, tool: tool, limit: try limitOption.rows())
    filter.users = user.isEmpty && workflows.isEmpty ? [CurrentUser.name] : user
    filter.statuses = try status.map(Self.status)
    filter.since = try since.map { text in
      guard let time = PointInTime.parse(text) else {
        throw RunRefusal(UsageFault.badValue(option: "--since", .timeOrSpan(text)))
      }
      return time
    }
    filter.attributes = try AttributePairs.parse(attribute)
    try Listing(store.workflows(filter)).tell(
      output, of: { try store.workflowCount(filter) }, limit: filter.ids.isEmpty ? filter.limit : nil)
  }

  /// The value of `--status`.
  static func status(_ word: String) throws -> WorkflowStatus {
    guard let known = WorkflowStatus(rawValue: word.uppercased()) else {
      throw RunRefusal(
        UsageFault.badValue(option: "--status", .word(word, WorkflowStatus.allCases.map(\.rawValue))))
    }
    return known
  }
}
