import JobmonModel

/// One workflow as the store lists it.
public struct WorkflowRecord: Hashable, Codable, Sendable {
  /// The workflow's key in the store.
  public var id: WorkflowID
  /// The name that it was last bound with; for people, and not unique.
  public var name: String
  /// The tool that it belongs to.
  public var tool: String
  /// The version of the tool, as text.
  public var toolVersion: String
  /// With ``tool`` and ``toolVersion`` the workflow's key: no two workflows that were not replaced have the same.
  public var workflowArgs: String
  /// The status as of the last commit.
  public var status: WorkflowStatus
  /// Whether every task has been written.
  public var isBound: Bool
  /// Whether any task instance was ever made.
  public var hasStarted: Bool
  /// The identity it was bound with.
  public var identity: Digest32
  /// Where its commands run; a run keeps the one that it began with.
  public var workingDirectory: String
  /// The folder of the workflow file that it was bound from; nil where a program built it.
  public var projectFolder: String?
  /// The workflow that took this one's place when its changes were accepted.
  public var replacedBy: WorkflowID?
  /// The cluster that the last run was told to use for all tasks, if it was.
  public var lastCluster: String?

  /// A record as it is read; what it leaves out is nil.
  public init(
    id: WorkflowID, name: String, tool: String, toolVersion: String, workflowArgs: String,
    status: WorkflowStatus,
    isBound: Bool, hasStarted: Bool, identity: Digest32, workingDirectory: String, lastCluster: String?
  ) {
    self.id = id
    self.name = name
    self.tool = tool
    self.toolVersion = toolVersion
    self.workflowArgs = workflowArgs
    self.status = status
    self.isBound = isBound
    self.hasStarted = hasStarted
    self.identity = identity
    self.workingDirectory = workingDirectory
    self.lastCluster = lastCluster
  }
}
