import ArgumentParser
import JobmonCore

/// `-l`: the maximum number of rows of a list.
struct LimitOption: ParsableArguments {
  @Option(name: .shortAndLong, help: ArgumentHelp("Maximum number of rows (0 = all).", valueName: "n"))
  var limit = 5

  /// nil means all rows.
  func rows() throws -> Int? { try limit.asLimit() }
}
