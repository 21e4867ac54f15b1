import JobmonModel

/// Tasks of one template with identical resources, submitted together with one token.
public struct Batch: Codable, Sendable {
  /// Globally unique. It is committed to the store before the batch is submitted.
  public var token: String
  /// The name of the tasks' template, for output and for grouping in the backend's own lists. Not an identifier.
  public var template: String
  /// The request of each task, not of all tasks together.
  public var resources: ResourceRequest
  /// At most ``ExecutorDescription/maxBatch`` tasks.
  public var tasks: [BatchTask]

  /// Creates a batch whose token is already committed. The tasks have different indices.
  public init(token: String, template: String, resources: ResourceRequest, tasks: [BatchTask]) {
    self.token = token
    self.template = template
    self.resources = resources
    self.tasks = tasks
  }
}
