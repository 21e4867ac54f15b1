import ArgumentParser
import BuiltinPlugins
import Foundation
import JobmonCore
import OSText

struct ClusterCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Test that a cluster works correctly; exit code 1 if a test fails.",
    discussion: """
      Runs a thousand small tasks and some that fail. If a test fails, the files of the tasks are kept in \
      ~/.jobmon/cluster_check.
      EXAMPLE: jobmon cluster check local
      """)

  @Argument(help: ArgumentHelp("The cluster.", valueName: "name"), completion: Completions.clusters)
  var name: String

  @OptionGroup var pluginsOption: PluginsOption

  @Option(help: ArgumentHelp("Seconds that a single step may take.", valueName: "n"))
  var patience: Double = 300

  @OptionGroup var output: ListOptions

  func validate() throws {
    if !(patience > 0 && patience <= Double(RuntimeSpan.longest)) {
      throw ValidationError("--patience takes a number of seconds, more than 0")
    }
  }

  func run() throws {
    let cluster = try PluginRegistry.standard(file: pluginsOption.plugins).cluster(name)
    let folder = "\(HomeFolder.path)/.jobmon/cluster_check/\(UUID().uuidString.lowercased())"
    let environment = OSText.environment.filter { !$0.hasPrefix("CHECK_DRIVER=") }
    let check = ConformanceCheck(
      cluster, folder: folder, environment: environment + ["CHECK_DRIVER=from the driver"],
      patience: patience)
    var listing = Listing<ConformanceRow>()
    var failures = 0
    defer { if failures == 0 { try? OSFile.removeAll(folder) } }
    try check.run { finding in
      if finding.result == .fail { failures += 1 }
      listing.rows.append(ConformanceRow(finding: finding))
    }
    try listing.tell(output)
    if failures > 0 {
      Console.error(
        "\(failures) of \(listing.rows.count) tests failed; the files of the tasks are in \(folder)")
      throw ExitCode(1)
    }
  }
}

private struct ConformanceRow: ListedRow {
  var finding: ConformanceCheck.Finding

  enum CodingKeys: CodingKey, CaseIterable { case `case`, result, rule, observed }

  var values: [JSONValue] {
    [finding.name, finding.result.rawValue, finding.rule, finding.observed].map { .string($0) }
  }
}
