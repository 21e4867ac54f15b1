import ArgumentParser
import JobmonCore

struct DatabaseCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check the integrity of the database; exit code 1 if a check fails.",
    discussion: "EXAMPLE: jobmon db check")

  @OptionGroup var output: ListOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    let findings = try store.open(takesForeignLog: true).check()
    if findings.isEmpty, !output.isJSON {
      try StandardOutput.line("no problems found")
    } else {
      try Listing(findings.map(FindingRow.init)).tell(output)
    }
    if !findings.isEmpty { throw ExitCode(1) }
  }
}

private struct FindingRow: ListedRow {
  var finding: CheckFinding

  enum CodingKeys: CodingKey, CaseIterable { case check, explanation }

  private var explanation: String { finding.advice?.commands(after: finding.message) ?? finding.message }

  var values: [JSONValue] { [.string(finding.check), .string(explanation)] }
}
