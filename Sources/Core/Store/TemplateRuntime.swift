/// How long the tasks of a template ran, as far as it was seen.
public struct TemplateRuntime: Hashable, Codable, Sendable {
  /// Index in ``WorkflowDefinition/templates``.
  public var template: Int
  /// How many attempts the mean is of: those that were measured and made their task DONE.
  public var count: Int
  /// Seconds.
  public var mean: Double

  /// A mean of `count` run times, in seconds.
  public init(template: Int, count: Int, mean: Double) {
    self.template = template
    self.count = count
    self.mean = mean
  }
}
