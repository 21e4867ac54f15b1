/// The identifying fields, descriptions and settings of a workflow.
public struct WorkflowHeader: Hashable, Codable, Sendable {
  /// The tool of the workflow; with ``toolVersion`` part of its identity. Valid by ``DefinitionName``.
  public var tool: String
  /// The version of the tool; "1" by default.
  public var toolVersion: String
  /// The workflow's name for people: not part of its identity, and not unique. Valid by ``DefinitionName``.
  public var name: String
  /// What the workflow is for, in a person's words; nil if not given.
  public var description: String?
  /// Distinguishes this workflow from others with the same tool version and tasks. nil: a unique value is generated.
  public var workflowArgs: String?
  /// Text that a person attached to the workflow: not part of its identity.
  public var attributes: [String: String]
  /// The working directory of the commands; nil: where the run is started.
  public var workingDirectory: String?
  /// The folder of the workflow's file; nil if the workflow was defined by a program. Not part of the identity, but
  /// workflows in two folders belong to two projects.
  public var projectFolder: String?
  /// Maximum number of tasks that may be submitted or running at once; nil: no limit, 0: paused.
  public var maxConcurrentlyRunning: Int?
  /// A command that is run at the end of each run.
  public var onFinish: String?
  /// The workflow's own defaults.
  public var settings: TaskSettings
  /// The tool's defaults.
  public var toolSettings: TaskSettings

  /// Creates a header. Values that are not given have their defaults.
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
