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
