import JobmonModel

/// Why tasks do not run again.
package enum RerunRefusal: RefusalReason, Hashable {
  /// A task of a live run, by its name, is among those that would run again.
  case running(WorkflowID, task: String)
  /// A task, by its name, cannot have what it would ask for; why.
  case impossible(WorkflowID, task: String, String)
  /// The live run has not answered within so many seconds.
  case noAnswer(WorkflowID, run: WorkflowRunID, host: String, seconds: Int)
}

extension RerunRefusal {
  package var code: RunRefusal.Code {
    switch self {
    case .running, .noAnswer: .workflowHeld
    case .impossible: .invalidUsage
    }
  }

  package var workflowID: WorkflowID? {
    switch self {
    case .running(let workflow, _), .impossible(let workflow, _, _), .noAnswer(let workflow, _, _, _):
      workflow
    }
  }

  package var advice: Advice? {
    switch self {
    case .running(let workflow, _): .stopFirst(workflow)
    case .impossible, .noAnswer: nil
    }
  }

  package var message: String {
    switch self {
    case .running(_, let task):
      "task '\(task)' is running or submitted, and would have to run again; nothing was changed"
    case .impossible(_, let task, let why):
      "task '\(task)' cannot have these resources: \(why); nothing was changed"
    case .noAnswer(let workflow, let run, let host, let seconds):
      "run \(run) of workflow \(workflow) on \(host) has not answered within \(seconds) s; it may still set the tasks "
        + "back while it is live"
    }
  }
}
