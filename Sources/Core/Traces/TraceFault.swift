import JobmonModel

/// Why a WfFormat instance cannot be read or written.
package enum TraceFault: RefusalReason, Hashable {
  /// The position in the instance, as in `workflow.tasks[3]` (empty for the whole instance), and what is wrong there.
  case notWfFormat(path: String, place: String, Misfit)
  case noTasks(path: String)
  case repeatedTask(String, path: String)
  case unknownTask(String, role: Role, of: String, nearest: String?, path: String)
  case tooManyEdges(Int, workflow: WorkflowID)

  /// The role of a task that another task refers to.
  package enum Role: String, Sendable { case parent, child }

  /// Why a value is not valid.
  package enum Misfit: Hashable, Sendable {
    case missing(key: String)
    case notJSON(reason: String)
    /// The decoder's error.
    case undecodable(reason: String)
  }
}

extension TraceFault {
  package var code: RunRefusal.Code {
    if case .tooManyEdges = self { .invalidUsage } else { .invalidFile }
  }

  package var workflowID: WorkflowID? {
    if case .tooManyEdges(_, let workflow) = self { workflow } else { nil }
  }

  package var message: String {
    switch self {
    case .notWfFormat(let path, let place, let misfit):
      "\(path) is not a WfFormat instance: \(place.isEmpty ? "" : "\(place): ")\(misfit)"
    case .noTasks(let path):
      "\(path) has no tasks (neither in workflow.specification nor in workflow)"
    case .repeatedTask(let id, let path): "\(path): task '\(id)' occurs twice"
    case .unknownTask(let id, let role, let task, let nearest, let path):
      "\(path): \(role.rawValue) '\(id)' of task '\(task)' does not exist"
        + (nearest.map { " (did you mean '\($0)'?)" } ?? "")
    case .tooManyEdges(let edges, let workflow):
      "workflow \(workflow) has \(edges) edges; too many for WfFormat, which lists each of them"
    }
  }
}

extension TraceFault.Misfit: CustomStringConvertible {
  package var description: String {
    switch self {
    case .missing(let key): "'\(key)' is missing"
    case .notJSON(let reason): "it is not valid JSON: \(reason)"
    case .undecodable(let reason): reason
    }
  }
}
