import JobmonModel

/// A task whose last attempt ran out of memory or time, and which is still to be done.
public struct ResourceFailure: Hashable, Codable, Sendable {
  /// The index of the task.
  public var task: TaskIndex
  /// What it ran out of.
  public var resource: ScalableResource
  /// What that attempt had asked for: the next one asks for more.
  public var request: ResourceRequest

  /// A failure as it is read from the store.
  public init(task: TaskIndex, resource: ScalableResource, request: ResourceRequest) {
    self.task = task
    self.resource = resource
    self.request = request
  }
}
