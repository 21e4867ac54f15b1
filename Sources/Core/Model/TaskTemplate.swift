/// A named command with named arguments.
public struct TaskTemplate: Hashable, Codable, Sendable {
  /// The template's name, unique in its workflow and valid by ``DefinitionName``. Log folders have this name.
  public var name: String
  /// The command. `{argument}` is replaced by an argument's value, `{argument:q}` by the value quoted for the shell.
  /// Literal braces are doubled.
  public var commandTemplate: String
  /// The arguments over which tasks are parallel. With the template, their values identify a task in its workflow.
  public var nodeArgs: [String]
  /// Arguments that identify the data, such as a release.
  public var taskArgs: [String]
  /// Paths, verbosity and similar arguments: not part of any identity.
  public var opArgs: [String]
  /// Maximum number of tasks of this template that may be submitted or running at once; nil: no limit, 0: paused.
  public var maxConcurrentlyRunning: Int?
  /// The template's defaults. Those of a task override them; they override those of the workflow.
  public var settings: TaskSettings
  /// If given, only these exit codes are retried.
  public var retryExitCodes: [Int]?
  /// These exit codes are never retried.
  public var noRetryExitCodes: [Int]

  /// All argument names, in the order of a task's values: node, task, op.
  public var arguments: [String] { nodeArgs + taskArgs + opArgs }

  /// Creates a template. It is checked when its definition is validated, or by `validate()`.
  public init(
    name: String, commandTemplate: String, nodeArgs: [String] = [], taskArgs: [String] = [],
    opArgs: [String] = [],
    maxConcurrentlyRunning: Int? = nil, settings: TaskSettings = TaskSettings(), retryExitCodes: [Int]? = nil,
    noRetryExitCodes: [Int] = []
  ) {
    self.name = name
    self.commandTemplate = commandTemplate
    self.nodeArgs = nodeArgs
    self.taskArgs = taskArgs
    self.opArgs = opArgs
    self.maxConcurrentlyRunning = maxConcurrentlyRunning
    self.settings = settings
    self.retryExitCodes = retryExitCodes
    self.noRetryExitCodes = noRetryExitCodes
  }
}
