import JobmonModel

/// Attempts that are submitted together.
public struct BatchRecord: Hashable, Codable, Sendable {
  /// The batch's name for the cluster. It is unique for all time; no later run uses it again.
  public var token: String
  /// The name of the cluster to which it is submitted.
  public var cluster: String
  /// The index in ``WorkflowDefinition/templates``.
  public var template: Int
  /// The resources that each attempt requests; the same for all.
  public var request: ResourceRequest
  /// Whether attempts may be added later, because the core places them one by one.
  public var staysOpen: Bool

  /// A batch. Attempts are added by ``Transition/instantiated(batch:_:at:)``.
  public init(
    token: String, cluster: String, template: Int, request: ResourceRequest, staysOpen: Bool = false
  ) {
    self.staysOpen = staysOpen
    self.token = token
    self.cluster = cluster
    self.template = template
    self.request = request
  }
}
