/// What decides which rules apply.
struct ConformanceSubject: Sendable {
  var description: ExecutorDescription
  /// Whether it is a program of its own.
  var isProgram: Bool

  /// For rules about what commands do.
  var runsNothing: String? {
    description.capabilities.contains(.simulates) ? "the cluster simulates: no command is run" : nil
  }
}
