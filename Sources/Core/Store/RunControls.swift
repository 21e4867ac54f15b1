/// The limits and the requests that apply to a live run.
public struct RunControls: Hashable, Codable, Sendable {
  /// Maximum number of the workflow's tasks at once; nil means no limit, 0 pauses.
  public var workflowLimit: Int?
  /// Limits by index in ``WorkflowDefinition/templates``. A template without an entry has no limit.
  public var templateLimits: [Int: Int]
  /// Why the run must stop early; nil if no stop was requested.
  public var stop: StopRequest?
  /// Requested reruns that the run has not answered yet.
  public var reruns: [RerunRequest]
  /// Whether the run still holds its lease.
  public var holdsLease: Bool

  /// A request to stop a run early.
  public enum StopRequest: Hashable, Codable, Sendable {
    /// The user with this name requests it; `cancel` also cancels running attempts.
    case stop(cancel: Bool, by: String)
    /// A resume takes over the workflow, for the run with this UUID; `cold` cancels running attempts.
    case takeOver(by: String, cold: Bool)
  }

  /// Creates controls. Without arguments, they contain no limits and no requests.
  public init(
    workflowLimit: Int? = nil, templateLimits: [Int: Int] = [:], stop: StopRequest? = nil,
    reruns: [RerunRequest] = [], holdsLease: Bool = true
  ) {
    self.workflowLimit = workflowLimit
    self.templateLimits = templateLimits
    self.stop = stop
    self.reruns = reruns
    self.holdsLease = holdsLease
  }
}
