/// What a person can do about a refusal or a notice, as facts. How it is done depends on where that person is: the program
/// `jobmon` names its commands and options, everybody else reads ``words``.
public enum Advice: Hashable, Sendable {
  // MARK: A workflow that is stored already

  /// Resume the workflow, or make another one.
  case resume
  /// Make another workflow, or resume this one, which is DONE.
  case resumeDone
  /// Resume by its id a workflow that cannot be found by its file; the ids of unfinished ones of that name.
  case resumeByID(unfinished: [WorkflowID])
  /// Accept what has changed: how many results still hold of how many, how many done tasks would run again, and how many
  /// results could be kept at most.
  case acceptChanges(holding: Int, of: Int, again: Int, atMost: Int)
  /// Accept what has changed by a run, which ends what a dead driver has left.
  case acceptChangesByRun
  /// Say that a project has moved or was renamed, or make another workflow.
  case confirmMove
  /// Say so first, and accept the changes then.
  case moveBeforeChanges
  /// Run tasks again whose op_args have changed.
  case rerunChanged

  // MARK: A workflow that is being run

  /// Wait for the run of the workflow, stop it, or take it over.
  case waitOrTakeOver(WorkflowID)
  /// Stop the run of the workflow first.
  case stopFirst(WorkflowID)
  /// Stop the run of the workflow before its changes are accepted.
  case stopBeforeChanges(WorkflowID)
  /// End the live runs of a database; the workflow of the first.
  case endRuns(first: WorkflowID)
  /// End attempts of the workflow that a copy of the database does not know, or restore that in spite of them.
  case endAttempts(WorkflowID)
  /// Raise the limit of the workflow, or of one of its templates.
  case raiseLimit(WorkflowID, template: String?)
  /// Set single tasks back, not the whole workflow.
  case setSingleTasks

  // MARK: A database

  /// Name another database, whose path is text.
  case nameOtherDatabase
  /// Run something: that makes the database.
  case makeDatabaseByRun
  /// Let the schema of the database be upgraded.
  case upgradeDatabase
  /// Put a copy of the database back.
  case restoreCopy
  /// The same; what is there now is kept.
  case restoreCopyKeeping
  /// Use another copy, or take this one with its faults.
  case useOtherCopy
  /// Run the commands of a database as its owner, or allow root to run them.
  case runAsOwner(String)

  // MARK: How a run is to behave

  /// Cancel tasks when the run is interrupted, since they cannot be left.
  case cancelOnInterrupt
  /// Choose another folder for log files.
  case chooseLogFolder
  /// Choose one cluster for all tasks.
  case chooseOneCluster
  /// Run the workflow from the program that computes its resources.
  case answerCallbacks

  // MARK: What explains a standstill

  /// Resume the workflow.
  case resumeWith(WorkflowID)
  /// Resume the workflow, which tries a task again that has failed for good; the task whose history says why it has, where
  /// nothing else does.
  case tryAgain(WorkflowID, historyOf: TaskID?)
  /// Raise the workflow's limit of 0.
  case unpause(WorkflowID)
  /// Change the limit of the workflow, or of one of its templates.
  case changeLimit(WorkflowID, template: String?)

  // MARK: What should never be in a database

  /// Put a backup back, or remove the workflows.
  case restoreOrRemove
  /// Set the tasks back that are not done, and resume.
  case setBackAndResume
  /// Stop the run, and resume in a way that ends what still runs.
  case resumeResetting
  /// Nothing: the next resume takes the workflows over.
  case takenOverByResume
  /// Judge by its history whether a task's result can be right, and set the task back where it cannot.
  case judgeResult(of: TaskID)
}
