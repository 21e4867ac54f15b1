import JobmonModel

/// Why a stored workflow cannot be run or resumed.
package enum ResumeRefusal: RefusalReason, Hashable {
  case unknown(WorkflowID)
  case done(WorkflowID)
  /// It was run before and is not done, and no resume was requested.
  case exists(WorkflowID)
  /// It is only partly stored, because storing it was interrupted.
  case cutShort(WorkflowID)
  /// It was replaced after its changes were accepted; the new workflow.
  case replaced(WorkflowID, by: WorkflowID)
}

extension ResumeRefusal {
  package var code: RunRefusal.Code {
    switch self {
    case .unknown: .notFound
    case .done: .workflowDone
    case .exists: .workflowExists
    case .cutShort, .replaced: .notResumable
    }
  }

  package var workflowID: WorkflowID? {
    switch self {
    case .unknown(let workflow), .done(let workflow), .exists(let workflow), .cutShort(let workflow),
      .replaced(let workflow, _):
      workflow
    }
  }

  package var advice: Advice? {
    switch self {
    case .done: .resumeDone
    case .exists: .resume
    case .unknown, .cutShort, .replaced: nil
    }
  }

  package var message: String {
    switch self {
    case .unknown(let workflow): "there is no workflow \(workflow) in this database"
    case .done(let workflow): "workflow \(workflow) with these workflow_args is DONE"
    case .exists(let workflow): "workflow \(workflow) with these workflow_args exists and is not done"
    case .cutShort(let workflow):
      "workflow \(workflow) was stored only in part: run its file again to continue"
    case .replaced(let workflow, let next):
      "workflow \(workflow) was replaced by workflow \(next) when its changes were accepted"
    }
  }
}
