/// What people have asked of a live run.
public struct RunControls: Hashable, Codable, Sendable {
  /// nil is no limit, 0 a pause.
  public var workflowLimit: Int?
  /// By index in ``WorkflowDefinition/templates``; a template that is not named has no limit.
  public var templateLimits: [Int: Int]
  /// Why the run is to end early; nil where nobody has asked for that.
  public var stop: StopRequest?
  /// Tasks that are to run again; the run has not answered yet.
  public var reruns: [RerunRequest]
  /// Whether the run still holds its lease.
  public var holdsLease: Bool

  /// Who wants a run to end early, and how.
  public enum StopRequest: Hashable, Codable, Sendable {
    /// A person wants it, by name; `cancel` ends what runs, too.
    case stop(cancel: Bool, by: String)
    /// A resume wants the workflow: by the run with this UUID. `cold` ends what runs.
    case takeOver(by: String, cold: Bool)
  }

  /// Controls; without arguments those of a run that nobody has asked anything of.
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
