import JobmonModel

/// Tasks that are submitted together.
public struct BatchRecord: Hashable, Codable, Sendable {
  /// The batch's name for the cluster: unique for all time, and not used again by a later run.
  public var token: String
  /// The name of the cluster that it is submitted to.
  public var cluster: String
  /// Index in ``WorkflowDefinition/templates``.
  public var template: Int
  /// What each of its tasks asks for: the same for all.
  public var request: ResourceRequest
  /// Whether attempts may be added to it later: the core places them one by one.
  public var staysOpen: Bool

  /// A batch; attempts are added by ``Transition/instantiated(batch:_:at:)``.
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
