import JobmonModel

/// The main values of a workflow in the store.
public struct WorkflowRecord: Hashable, Codable, Sendable {
  /// The workflow's id in the store.
  public var id: WorkflowID
  /// The name with which it was last bound. It is for display and not unique.
  public var name: String
  /// The workflow's tool.
  public var tool: String
  /// The version of the tool, as text.
  public var toolVersion: String
  /// With ``tool`` and ``toolVersion``, the workflow's key. It is unique among workflows that were not replaced.
  public var workflowArgs: String
  /// The status as of the last commit.
  public var status: WorkflowStatus
  /// Whether all its tasks have been stored.
  public var isBound: Bool
  /// Whether any task instance was ever created.
  public var hasStarted: Bool
  /// The identity with which it was bound.
  public var identity: Digest32
  /// The working directory of its commands. A run keeps the directory with which it began.
  public var workingDirectory: String
  /// The folder of the workflow file from which it was bound; nil if a program built it.
  public var projectFolder: String?
  /// The workflow that replaced this one when its changes were accepted.
  public var replacedBy: WorkflowID?
  /// The cluster that was given for all tasks of the last run; nil if none was given.
  public var lastCluster: String?

  /// A record as read from the store. Values that are not parameters are nil.
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
