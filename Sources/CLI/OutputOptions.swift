import ArgumentParser
import JobmonCore

/// The format in which a command prints its result.
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

/// The same for commands whose `-n` is `--dry-run`.
struct RunOutputOptions: ParsableArguments, OutputChoice {
  @Option(name: .shortAndLong, help: "Output format.")
  var output: OutputFormat = .table

  @Flag(help: "The same as -o json.")
  var json = false

  var isJSON: Bool { json || output == .json }
}

/// The format of a list; also CSV.
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
