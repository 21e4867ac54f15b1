import JobmonModel

/// Tasks of one template with identical resources, submitted together under one token.
public struct Batch: Codable, Sendable {
  /// Unique for all time, committed to the store before the batch is submitted.
  public var token: String
  /// The name of the tasks' template; for people and for grouping in the backend's own lists, no identifier.
  public var template: String
  /// What each task of the batch asks for, not all of them together.
  public var resources: ResourceRequest
  /// At most ``ExecutorDescription/maxBatch`` of them.
  public var tasks: [BatchTask]

  /// Makes a batch whose token is committed already. Tasks of one batch have different indices.
  public init(token: String, template: String, resources: ResourceRequest, tasks: [BatchTask]) {
    self.token = token
    self.template = template
    self.resources = resources
    self.tasks = tasks
  }
}
