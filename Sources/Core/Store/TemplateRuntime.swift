/// The measured run time of a template's tasks.
public struct TemplateRuntime: Hashable, Codable, Sendable {
  /// The index in ``WorkflowDefinition/templates``.
  public var template: Int
  /// The number of attempts in the mean: those that were measured and made their task DONE.
  public var count: Int
  /// The mean run time in seconds.
  public var mean: Double

  /// A mean of `count` run times, in seconds.
  public init(template: Int, count: Int, mean: Double) {
    self.template = template
    self.count = count
    self.mean = mean
  }
}
