/// Something that can be run: who it is, its settings, its tasks.
///
/// Conformers: a workflow built in Swift, one read from a file, one imported from a trace, one loaded back from the
/// store. The engine and the store see only ``WorkflowDefinition``, which every workflow can be poured into.
public protocol Workflow {
  /// Who the workflow is, and its settings.
  var header: WorkflowHeader { get }
  /// The templates of its tasks; tasks name them by their index here.
  var templates: [TaskTemplate] { get }
  /// The sets that ``WorkflowTask/upstreams`` names; equal sets are one.
  var upstreamSets: UpstreamSets { get throws }
  /// How many tasks ``forEachTask(_:)`` gives.
  var taskCount: Int { get }
  /// Calls `body` once per task, in the order of the definition.
  func forEachTask(_ body: (any WorkflowTask) throws -> Void) throws
}

/// One task of a workflow: a command, and what has to be done before it.
public protocol WorkflowTask {
  /// Index of the task's template in ``Workflow/templates``.
  var template: Int { get }
  /// At most 249 bytes; need not be unique.
  var name: String { get }
  /// The argument values, in the order of ``TaskTemplate/arguments``.
  var arguments: [String] { get }
  /// The command as it is run: the template with the arguments put in.
  var command: String { get }
  /// What has to be DONE first.
  var upstreams: UpstreamSets.ID { get }
  /// What the task itself, or its entry in a file, says.
  var settings: TaskSettings { get }
  /// Text a person attaches to the task: no part of its identity.
  var attributes: [String: String] { get }
}

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
