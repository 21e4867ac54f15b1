import JobmonModel
import JobmonStore

/// Why a workflow is not stored, or not in the place of what is stored under its key.
package enum BindRefusal: RefusalReason, Hashable {
  /// Its driver has died, and attempts of it may still run, which only a run can end.
  case openAttempts(WorkflowID)
  /// A workflow without workflow_args; unfinished ones of its name.
  case noArgs(unfinished: [WorkflowID])
  /// A run that may be alive holds it.
  case live(WorkflowID, LeaseRefusal.Holder)
  /// Another project has its key.
  case otherProject(OtherProject)
  /// The same; its changes were to be accepted, too.
  case otherProjectChanged(OtherProject)
  /// Whoever was asked did not accept the changes.
  case changesNotAccepted(WorkflowID)

  /// Two projects, by the name of the workflow and the folder of its file.
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
      "the driver of workflow \(workflow) has died and attempts of it may still run"
    case .noArgs: "a workflow without workflow_args cannot be found by its file"
    case .live(let workflow, let holder): "workflow \(workflow) is being run by \(holder)"
    case .otherProject(let both), .otherProjectChanged(let both):
      "workflow \(both.workflow) ('\(both.name)', file in \(both.folder)) has this tool and these workflow_args already, "
        + "and this file ('\(both.newName)', in \(both.newFolder)) is another project"
    case .changesNotAccepted: "the changes were not accepted: nothing was changed"
    }
  }
}
