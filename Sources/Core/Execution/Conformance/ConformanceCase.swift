/// One rule that every cluster backend keeps, and how that is tried.
struct ConformanceCase: Sendable {
  var name: String
  /// What is promised, in a sentence.
  var rule: String
  /// Why the rule does not apply to a cluster; nil: it does.
  var exemption: @Sendable (ConformanceSubject) -> String?
  /// Tries it on a cluster that was started for this case; what was observed.
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
