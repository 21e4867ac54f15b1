import ArgumentParser
import Foundation
import JobmonCore

struct TaskStatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "task_status",
    abstract: "List the attempts of tasks: where they ran, what they used, how they ended.")

  @Option(
    name: [.short, .customLong("task_ids")], parsing: .upToNextOption,
    help: ArgumentHelp("The tasks.", valueName: "id"))
  var tasks: [Int64]

  @Option(
    name: .shortAndLong, parsing: .upToNextOption,
    help: ArgumentHelp(
      "Only tasks in these states: PENDING SCHEDULED RUNNING DONE FATAL.", valueName: "word"),
    completion: .list(TaskWord.allCases.map(\.rawValue)))
  var status: [String] = []

  @OptionGroup var output: OutputOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    var listing = Listing(
      "TASK_ID", "TASK_STATUS", "TASK_INSTANCE_ID", "DISTRIBUTOR_ID", "STATUS", "RESOURCE_USAGE", "STDOUT",
      "STDERR",
      "ERROR_TRACE", more: ["DRIVER"])
    let store = try store.open()
    var drivers: [WorkflowID: DriverState] = [:]
    for row in try store.attempts(of: tasks, words: try TaskWord.parse(status)) {
      let attempt = row.attempt
      let known = try drivers[row.workflow] ?? store.driver(of: row.workflow)
      drivers[row.workflow] = known
      let driver = attempt.map { $0.status.isFinal } ?? true ? .none : known
      let isFailure = attempt.map { $0.status.isFinal && $0.status != .done } ?? false
      listing.rows.append([
        .integer(row.task.id), driver.told(row.task.status.rawValue, output),
        attempt.map { .integer($0.instance) } ?? .null,
        JSONValue(attempt?.handle), JSONValue(attempt?.status.rawValue),
        JSONValue(attempt?.usage.flatMap(Self.text)),
        JSONValue(attempt?.logFiles.stdout), JSONValue(attempt?.logFiles.stderr),
        JSONValue(isFailure ? attempt?.reason : nil),
        JSONValue(driver.words),
      ])
    }
    try listing.tell(output)
  }

  /// `wall 1.20 s, cpu 0.80 s, memory 12.5 MiB`, as far as it was measured.
  static func text(_ usage: ResourceUsage) -> String? {
    var parts: [String] = []
    if let wall = usage.wall { parts.append(String(format: "wall %.2f s", wall)) }
    if let cpu = usage.cpu { parts.append(String(format: "cpu %.2f s", cpu)) }
    if let peak = usage.peakMemory {
      parts.append(String(format: "memory %.1f MiB", Double(peak) / 1_048_576))
    }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }
}
