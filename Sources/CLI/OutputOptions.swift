import ArgumentParser
import JobmonCore

/// `-o json`, and its short forms `-n` and `--json`.
struct OutputOptions: ParsableArguments {
  @Option(name: .shortAndLong, help: "table or json.")
  var output: OutputFormat = .table

  @Flag(name: [.customShort("n"), .long], help: "The same as -o json.")
  var json = false

  var isJSON: Bool { json || output == .json }
}
