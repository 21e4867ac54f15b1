import ArgumentParser
import JobmonCore

struct ErrorsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "errors", abstract: "Show what went wrong in a workflow, like errors together.")

  @Option(
    name: [.short, .customLong("workflow_id")], help: ArgumentHelp("The workflow.", valueName: "id"),
    completion: Completions.workflows)
  var workflow: Int64

  @Option(name: .shortAndLong, help: ArgumentHelp("The most rows; 0 is all.", valueName: "n"))
  var limit = 5

  @OptionGroup var output: OutputOptions
  @OptionGroup var store: StoreOptions

  /// Bytes of a sample in a table, at most; JSON has all of it.
  private static let mostInTable = 500

  private static func short(_ sample: String) -> String {
    guard sample.utf8.count > mostInTable else { return sample }
    return String(decoding: sample.utf8.prefix(mostInTable), as: UTF8.self) + "…"
  }

  func run() throws {
    var listing = Listing("COUNT", "SAMPLE", "FIRST_SEEN", "LAST_SEEN", "TASK_IDS", "ATTEMPTS", "HOSTS")
    for group in try store.open().errors(of: workflow, limit: try limit.asLimit()) {
      listing.rows.append([
        JSONValue(group.count), .string(output.isJSON ? group.sample : Self.short(group.sample)),
        .string(group.firstSeen.iso8601),
        .string(group.lastSeen.iso8601), .array(group.taskIDs.map { .integer($0) }),
        .array(group.attempts.map { JSONValue($0) }), .array(group.hosts.map { .string($0) }),
      ])
    }
    try listing.tell(output)
  }
}
