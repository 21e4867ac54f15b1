/// What a workflow says of itself.
public struct WorkflowHeader: Hashable, Codable, Sendable {
  /// The tool that the workflow belongs to; with ``toolVersion`` a part of its identity. What ``DefinitionName``
  /// allows.
  public var tool: String
  /// A version of the tool's; "1" where nothing says otherwise.
  public var toolVersion: String
  /// The workflow's name for people; no part of its identity, and not unique. What ``DefinitionName`` allows.
  public var name: String
  /// What the workflow is for, in a person's words; nil where nobody said.
  public var description: String?
  /// What tells this workflow from others of the same tool version and tasks. nil: a fresh unique one is made.
  public var workflowArgs: String?
  /// Text that a person attaches to the workflow: no part of its identity.
  public var attributes: [String: String]
  /// Where the commands run; nil: where the run is started.
  public var workingDirectory: String?
  /// The folder of the file that the workflow was read from; nil where it comes from a program. No part of the identity, but
  /// two folders are two projects.
  public var projectFolder: String?
  /// The most tasks that may be submitted or running at once; nil is no limit, 0 a pause.
  public var maxConcurrentlyRunning: Int?
  /// A command run at the end of each run.
  public var onFinish: String?
  /// The workflow's own defaults.
  public var settings: TaskSettings
  /// The tool's defaults.
  public var toolSettings: TaskSettings

  /// A header; what is not given has its default.
  public init(
    tool: String, toolVersion: String = "1", name: String, description: String? = nil,
    workflowArgs: String? = nil,
    attributes: [String: String] = [:], workingDirectory: String? = nil, maxConcurrentlyRunning: Int? = nil,
    onFinish: String? = nil, settings: TaskSettings = TaskSettings(),
    toolSettings: TaskSettings = TaskSettings()
  ) {
    self.tool = tool
    self.toolVersion = toolVersion
    self.name = name
    self.description = description
    self.workflowArgs = workflowArgs
    self.attributes = attributes
    self.workingDirectory = workingDirectory
    self.maxConcurrentlyRunning = maxConcurrentlyRunning
    self.onFinish = onFinish
    self.settings = settings
    self.toolSettings = toolSettings
  }
}
