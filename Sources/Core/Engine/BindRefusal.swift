import JobmonModel
import JobmonStore

/// Why a workflow cannot be stored, or cannot replace the stored workflow with its key.
package enum BindRefusal: RefusalReason, Hashable {
  /// The workflow's driver has died, and attempts of it may still be running; only a run can cancel them.
  case openAttempts(WorkflowID)
  /// The workflow has no workflow_args; the unfinished workflows with its name.
  case noArgs(unfinished: [WorkflowID])
  /// A run that may be alive holds the workflow.
  case live(WorkflowID, LeaseRefusal.Holder)
  /// Another project has its key.
  case otherProject(OtherProject)
  /// The same, with changes accepted.
  case otherProjectChanged(OtherProject)
  /// The user was asked and did not accept the changes.
  case changesNotAccepted(WorkflowID)

  /// Two projects, identified by the workflow's name and its file's folder.
  package struct OtherProject: Hashable, Sendable {
    package var workflow: WorkflowID
    package var name: String
    package var folder: String
    package var newName: String
    package var newFolder: String

    package init(
      workflow: WorkflowID, name: String, folder: String, newName: String, newFolder: String
    ) {
      self.workflow = workflow
      self.name = name
      self.folder = folder
      self.newName = newName
      self.newFolder = newFolder
    }
  }
}

extension BindRefusal {
  package var code: RunRefusal.Code {
    switch self {
    case .openAttempts, .live: .workflowHeld
    case .noArgs: .invalidUsage
    case .otherProject, .otherProjectChanged: .workflowElsewhere
    case .changesNotAccepted: .workflowDiffers
    }
  }

  package var workflowID: WorkflowID? {
    switch self {
    case .openAttempts(let workflow), .live(let workflow, _), .changesNotAccepted(let workflow): workflow
    case .otherProject(let both), .otherProjectChanged(let both): both.workflow
    case .noArgs: nil
    }
  }

  package var advice: Advice? {
    switch self {
    case .openAttempts: .acceptChangesByRun
    case .noArgs(let unfinished): .resumeByID(unfinished: unfinished)
    case .otherProject: .confirmMove
    case .otherProjectChanged: .moveBeforeChanges
    case .live, .changesNotAccepted: nil
    }
  }

  package var message: String {
    switch self {
    case .openAttempts(let workflow):
      "the driver of workflow \(workflow) has died, and its attempts may still be running"
    case .noArgs: "a workflow without workflow_args cannot be found by its file"
    case .live(let workflow, let holder): "workflow \(workflow) is being run by \(holder)"
    case .otherProject(let both), .otherProjectChanged(let both):
      "workflow \(both.workflow) ('\(both.name)', file in \(both.folder)) already has this tool and these "
        + "workflow_args, but this file ('\(both.newName)', in \(both.newFolder)) belongs to another project"
    case .changesNotAccepted: "the changes were not accepted: nothing was changed"
    }
  }
}
