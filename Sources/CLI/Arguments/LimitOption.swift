import ArgumentParser
import JobmonCore

/// `-l`: how many rows of a list are shown.
struct LimitOption: ParsableArguments {
  @Option(name: .shortAndLong, help: ArgumentHelp("Maximum number of rows (0 = all).", valueName: "n"))
  var limit = 5

  /// nil is all.
  func rows() throws -> Int? { try limit.asLimit() }
}
