/// One rule for all cluster backends, and its test.
struct ConformanceCase: Sendable {
  var name: String
  /// The rule in one sentence.
  var rule: String
  /// Why the rule does not apply to a cluster; nil if it applies.
  var exemption: @Sendable (ConformanceSubject) -> String?
  /// Runs the test on a cluster that was started for this case, and returns what was observed.
  var attempt: @Sendable (ConformanceBench) throws -> String

  init(
    _ name: String, _ rule: String,
    unless exemption: @escaping @Sendable (ConformanceSubject) -> String? = { _ in nil },
    attempt: @escaping @Sendable (ConformanceBench) throws -> String
  ) {
    self.name = name
    self.rule = rule
    self.exemption = exemption
    self.attempt = attempt
  }
}
