import JobmonCore

/// Why a workflow built by a program is not valid, or a request to it cannot be answered.
package enum ToolRefusal: RefusalReason, Hashable {
  /// An invalid argument of a call, and what is expected.
  case badArgument(String, expected: String)
  /// The workflow has no task of the template.
  case noTask(template: String, workflow: String, nearest: String?)
  /// Two different templates with the same name.
  case differingTemplates(String)
  case upstreamOutside(task: String, upstream: String)
  case repeatedCallback(String)
  /// The workflow is not in the store.
  case workflowNotStored(String)
  /// A workflow with other tasks is stored with the same tool, version and workflow_args.
  case storedDifferently(WorkflowID)
  /// The task is not in a workflow.
  case taskOutside(String)
  /// The workflow of the task is not in the store.
  case taskNotStored(String)
}

extension ToolRefusal {
  package var code: RunRefusal.Code {
    switch self {
    case .noTask, .differingTemplates, .upstreamOutside: .invalidFile
    case .storedDifferently: .workflowDiffers
    case .badArgument, .repeatedCallback, .workflowNotStored, .taskOutside, .taskNotStored: .invalidUsage
    }
  }

  package var workflowID: WorkflowID? {
    if case .storedDifferently(let workflow) = self { workflow } else { nil }
  }

  package var message: String {
    switch self {
    case .badArgument(let name, let expected): "\(name) must be \(expected)"
    case .noTask(let template, let workflow, let nearest):
      "workflow '\(workflow)' has no task of template '\(template)'"
        + (nearest.map { "; did you mean '\($0)'?" } ?? "")
    case .differingTemplates(let name): "two different task templates are named '\(name)'"
    case .upstreamOutside(let task, let upstream):
      "task '\(task)' waits for task '\(upstream)', which is not in the workflow: add it to the workflow"
    case .repeatedCallback(let name):
      "two callbacks are named '\(name)': give each its own name, or use one callback twice"
    case .workflowNotStored(let name): "workflow '\(name)' is not stored yet: bind or run it first"
    case .storedDifferently(let workflow):
      "workflow \(workflow) is stored with other tasks: bind or run it with acceptChanges: true first"
    case .taskOutside(let name):
      "task '\(name)' is not in a workflow: add it to one and bind or run that workflow"
    case .taskNotStored(let name): "task '\(name)' is not stored yet: bind or run its workflow first"
    }
  }
}
