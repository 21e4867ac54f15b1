import JobmonCore

/// The given workflow or task matches nothing, or several.
enum ChoiceFault: RefusalReason, Hashable {
  case noWorkflow(String)
  case noOwnWorkflow(user: String)
  /// Several workflows have the name: descriptions of some of them, and whether these are all.
  case workflows(String, [String], isAll: Bool)
  case noTask(String, in: WorkflowID)
  case noTaskOfTemplate(String, in: WorkflowID)
  /// Several tasks have the name: the ids of some of them, and how many there are.
  case tasks(String, [TaskID], count: Int)

  var code: RunRefusal.Code {
    switch self {
    case .noWorkflow, .noOwnWorkflow, .noTask, .noTaskOfTemplate: .notFound
    case .workflows, .tasks: .invalidUsage
    }
  }

  var workflowID: WorkflowID? {
    switch self {
    case .noTask(_, let workflow), .noTaskOfTemplate(_, let workflow): workflow
    default: nil
    }
  }

  var message: String {
    switch self {
    case .noWorkflow(let name):
      "there is no workflow named '\(name)'; `jobmon workflow status -l 0` lists yours"
    case .noOwnWorkflow(let user):
      "\(user) has no workflow in this database; `jobmon run FILE` creates one, -w ID names one of another user"
    case .workflows(let name, let some, let isAll):
      "several workflows are named '\(name)': \(some.joined(separator: ", "))\(isAll ? "" : ", …"); give the id of one"
    case .noTask(let name, let workflow):
      "workflow \(workflow) has no task '\(name)'; `jobmon workflow tasks -w \(workflow) -l 0` lists its tasks"
    case .noTaskOfTemplate(let template, let workflow):
      "workflow \(workflow) has no task of template '\(template)'"
    case .tasks(let name, let some, let count):
      "\(count) tasks are named '\(name)': \(some.map(String.init).joined(separator: ", "))\(count > some.count ? ", …" : ""); give the id of one"
    }
  }
}
