/// A named command with named arguments.
public struct TaskTemplate: Hashable, Codable, Sendable {
  /// The template's name, unique in its workflow, and what ``DefinitionName`` allows; log folders are named by it.
  public var name: String
  /// The command, with `{argument}` where an argument's value goes, `{argument:q}` where it goes quoted for the
  /// shell, and braces doubled where they stand for themselves.
  public var commandTemplate: String
  /// What the tasks are made parallel over; with the template they identify a task in its workflow.
  public var nodeArgs: [String]
  /// Data identity, such as a release.
  public var taskArgs: [String]
  /// Paths, verbosity: no part of any identity.
  public var opArgs: [String]
  /// The most tasks of this template that may be submitted or running at once; nil is no limit, 0 a pause.
  public var maxConcurrentlyRunning: Int?
  /// The template's defaults, below those of a task and over those of the workflow.
  public var settings: TaskSettings
  /// Where given, only these exit codes are retried.
  public var retryExitCodes: [Int]?
  /// These exit codes are never retried.
  public var noRetryExitCodes: [Int]

  /// All argument names, in the order in which a task's values are kept: node, task, op.
  public var arguments: [String] { nodeArgs + taskArgs + opArgs }

  /// A template. It is checked when its definition is validated, or by `validate()`.
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
