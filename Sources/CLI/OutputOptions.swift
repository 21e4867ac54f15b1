import ArgumentParser
import JobmonCore

/// In which form a command prints its result.
protocol OutputChoice {
  var isJSON: Bool { get }
  var isCSV: Bool { get }
}

extension OutputChoice {
  var isCSV: Bool { false }
}

/// `-o json`, and its short forms `-n` and `--json`.
struct OutputOptions: ParsableArguments, OutputChoice {
  @Option(name: .shortAndLong, help: "Output format.")
  var output: OutputFormat = .table

  @Flag(name: [.customShort("n"), .long], help: "The same as -o json.")
  var json = false

  var isJSON: Bool { json || output == .json }
}

/// The same for commands in which `-n` is `--dry-run`.
struct RunOutputOptions: ParsableArguments, OutputChoice {
  @Option(name: .shortAndLong, help: "Output format.")
  var output: OutputFormat = .table

  @Flag(help: "The same as -o json.")
  var json = false

  var isJSON: Bool { json || output == .json }
}

/// The form of a list: also lines of comma-separated values.
struct ListOptions: ParsableArguments, OutputChoice {
  @Option(name: .shortAndLong, help: "Output format.")
  var output: ListFormat = .table

  @Flag(name: [.customShort("n"), .long], help: "The same as -o json.")
  var json = false

  @Flag(help: "The same as -o csv.")
  var csv = false

  var isJSON: Bool { json || output == .json }
  var isCSV: Bool { csv || output == .csv }
}
