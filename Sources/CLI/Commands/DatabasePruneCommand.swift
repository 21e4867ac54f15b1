import ArgumentParser
import Foundation
import JobmonCore

struct DatabasePruneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune",
    abstract: "Remove old workflows from the database.",
    discussion: """
      Running workflows and the known run times of templates are kept. Asks for confirmation; without a terminal -f is \
      needed. The file keeps its size and reuses the space; --vacuum makes it smaller.
      EXAMPLE: jobmon db prune --older-than 90d --logs
      """)

  @Option(
    help: ArgumentHelp(
      "Unchanged since: a time span such as 90d, or a date such as 2026-01-31.",
      valueName: "time"))
  var olderThan: String?

  @OptionGroup var workflowsOption: WorkflowsOption

  @Option(
    name: .shortAndLong, parsing: .upToNextOption,
    help: ArgumentHelp("Only workflows of these users (default: mine).", valueName: "name"))
  var user: [String] = []

  @Option(
    parsing: .upToNextOption, help: ArgumentHelp("Only workflows in these states.", valueName: "word"),
    completion: .list(WorkflowStatus.allCases.map(\.rawValue)))
  var status: [String] = []

  @Flag(help: "Also remove the folders of their log files.")
  var logs = false

  @Flag(help: "Shrink the database file at the end; blocks running workflows until it is done.")
  var vacuum = false

  @Flag(help: "Show what would be removed; remove nothing.")
  var dryRun = false

  @OptionGroup var forceOption: ForceOption

  @OptionGroup var output: OutputOptions
  @OptionGroup var store: StoreOptions

  func validate() throws {
    if olderThan == nil, !workflowsOption.isGiven {
      throw ValidationError("select workflows with --older-than, as in 90d, or with -w")
    }
  }

  func run() throws {
    let before = try olderThan.map { text in
      guard let time = PointInTime.parse(text) else {
        throw RunRefusal(UsageFault.badValue(option: "--older-than", .spanOrTime(text)))
      }
      return time
    }
    let store = try store.open(.changing)
    let workflows = try workflowsOption.ids(in: store)
    let found = try store.prunable(
      before: before, ids: workflows, users: user.isEmpty && workflows.isEmpty ? [CurrentUser.name] : user,
      statuses: try status.map(WorkflowStatusCommand.status))
    let tasks = found.reduce(0) { $0 + $1.row.tasks }
    if dryRun {
      return try Listing(found.map(PrunableRow.init)).tell(output)
    }
    let what = "\(CountText.of(found.count, "workflow")) with \(CountText.of(tasks, "task"))"
    if !found.isEmpty, !forceOption.force {
      let names = found.prefix(5).map { "\($0.row.id) (\($0.row.name))" }.joined(separator: ", ")
      let text =
        "\(what) will be removed permanently: \(names)\(found.count > 5 ? ", …" : "")\(logs ? ", with their log files" : "")"
      guard try Confirmation.isGiven(for: text) else {
        return try output.tell(changed: 0, "nothing was removed")
      }
    }
    let removed = Set(try store.prune(found.map(\.row.id)))
    var faults: [String] = []
    if logs {
      for folder in found.filter({ removed.contains($0.row.id) }).flatMap(\.logFolders)
      where OSFile.exists(folder) {
        do { try OSFile.removeAll(folder) } catch {
          faults.append("\(folder): \(error.localizedDescription)")
        }
      }
    }
    if vacuum { try store.vacuum() }
    for fault in faults { Console.error("a log folder could not be removed: \(fault)") }
    try output.tell(
      changed: removed.count, "removed \(what)",
      ["tasks": JSONValue(tasks), "workflows": .array(removed.sorted().map { .integer($0) })])
    if !faults.isEmpty { throw ExitCode(1) }
  }
}

private struct PrunableRow: ListedRow {
  var workflow: PrunableWorkflow

  enum CodingKeys: String, CodingKey, CaseIterable {
    case id = "wf_id"
    case name = "wf_name"
    case status = "wf_status"
    case touched = "last_change"
    case tasks, logs
  }

  var values: [JSONValue] {
    [
      .integer(workflow.row.id), .string(workflow.row.name), .string(workflow.row.status.rawValue),
      JSONValue(workflow.touched), JSONValue(workflow.row.tasks),
      .array(workflow.logFolders.map { .string($0) }),
    ]
  }
}
