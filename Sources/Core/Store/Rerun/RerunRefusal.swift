import JobmonModel

/// Why tasks are not rerun.
package enum RerunRefusal: RefusalReason, Hashable {
  /// The task with this name is submitted or running in the live run, and would be rerun.
  case running(WorkflowID, task: String)
  /// The task with this name cannot have the resources that it would request, for this reason.
  case impossible(WorkflowID, task: String, String)
  /// The live run has not answered within this number of seconds.
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
      "run \(run) of workflow \(workflow) on \(host) has not answered within \(seconds) s; it may still reset "
        + "the tasks while it is live"
    }
  }
}
