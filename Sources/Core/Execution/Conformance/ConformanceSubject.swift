/// The properties of a cluster that decide which rules apply.
struct ConformanceSubject: Sendable {
  var description: ExecutorDescription
  /// Whether it is a separate program.
  var isProgram: Bool

  /// Why rules about commands do not apply; nil if commands are run.
  var runsNothing: String? {
    description.capabilities.contains(.simulates) ? "the cluster is simulated and runs no commands" : nil
  }
}
