import JobmonModel

/// A task that is not DONE and whose last attempt ran out of memory or time.
public struct ResourceFailure: Hashable, Codable, Sendable {
  /// The index of the task.
  public var task: TaskIndex
  /// The resource that it ran out of.
  public var resource: ScalableResource
  /// The request of that attempt. The next attempt requests more.
  public var request: ResourceRequest

  /// A failure as read from the store.
  public init(task: TaskIndex, resource: ScalableResource, request: ResourceRequest) {
    self.task = task
    self.resource = resource
    self.request = request
  }
}
