/// One task of a workflow: a command, and the tasks that must be done before it.
public protocol WorkflowTask {
  /// Index of the task's template in ``Workflow/templates``.
  var template: Int { get }
  /// At most 249 bytes. It need not be unique.
  var name: String { get }
  /// The argument values, in the order of ``TaskTemplate/arguments``.
  var arguments: [String] { get }
  /// The command to run: the template with the arguments inserted.
  var command: String { get }
  /// The tasks that must be DONE first.
  var upstreams: UpstreamSets.ID { get }
  /// The settings of the task itself, or of its entry in a file.
  var settings: TaskSettings { get }
  /// Text that a person attached to the task: not part of its identity.
  var attributes: [String: String] { get }
}
