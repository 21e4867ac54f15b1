/// What a person can do about a refusal or a notice, as facts. The text depends on the caller: the program `jobmon`
/// names its commands and options, other callers use ``words``.
public enum Advice: Hashable, Sendable {
  // MARK: A stored workflow

  /// Resume the workflow, or create another one.
  case resume
  /// Create another workflow, or resume this one, which is DONE.
  case resumeDone
  /// Resume a workflow by its id because its file does not identify it; the ids of unfinished workflows with the same
  /// name.
  case resumeByID(unfinished: [WorkflowID])
  /// Accept the changes: how many results stay valid, of how many; how many done tasks would rerun; how many results
  /// could be kept at most.
  case acceptChanges(holding: Int, of: Int, again: Int, atMost: Int)
  /// Accept the changes in a run, which cancels the attempts left by a dead driver.
  case acceptChangesByRun
  /// Confirm that a project was moved or renamed, or create another workflow.
  case confirmMove
  /// Confirm the move first, then accept the changes.
  case moveBeforeChanges
  /// Rerun the tasks whose op_args have changed.
  case rerunChanged

  // MARK: A workflow that is running

  /// Wait for the run of the workflow, stop it, or take it over.
  case waitOrTakeOver(WorkflowID)
  /// Stop the run of the workflow first.
  case stopFirst(WorkflowID)
  /// Stop the run of the workflow before its changes are accepted.
  case stopBeforeChanges(WorkflowID)
  /// Stop the live runs of a database; the workflow of the first one.
  case endRuns(first: WorkflowID)
  /// Cancel attempts of the workflow that a copy of the database does not contain, or restore the copy anyway.
  case endAttempts(WorkflowID)
  /// Raise the limit of the workflow, or of one of its templates.
  case raiseLimit(WorkflowID, template: String?)
  /// Reset single tasks instead of the whole workflow.
  case setSingleTasks

  // MARK: A database

  /// Choose another database: its path must be valid text.
  case nameOtherDatabase
  /// Start a run, which creates the database.
  case makeDatabaseByRun
  /// Allow the upgrade of the database's schema.
  case upgradeDatabase
  /// Restore a copy of the database.
  case restoreCopy
  /// Restore a copy of the database; the present file is kept.
  case restoreCopyKeeping
  /// Use another copy, or use this one in spite of its faults.
  case useOtherCopy
  /// Run the commands of a database as its owner, or allow root to run them.
  case runAsOwner(String)

  // MARK: Options of a run

  /// Cancel tasks when the run is interrupted, because they cannot continue without it.
  case cancelOnInterrupt
  /// Choose another folder for log files.
  case chooseLogFolder
  /// Choose one cluster for all tasks.
  case chooseOneCluster
  /// Run the workflow from the program that provides its callbacks.
  case answerCallbacks

  // MARK: Why nothing runs

  /// Resume the workflow.
  case resumeWith(WorkflowID)
  /// Resume the workflow, which retries a task that has failed permanently. The task is given if only its history says
  /// why it failed.
  case tryAgain(WorkflowID, historyOf: TaskID?)
  /// Raise the workflow's limit of 0.
  case unpause(WorkflowID)
  /// Change the limit of the workflow, or of one of its templates.
  case changeLimit(WorkflowID, template: String?)

  // MARK: Inconsistent databases

  /// Restore a backup, or remove the workflows.
  case restoreOrRemove
  /// Reset the tasks that are not done, and resume.
  case setBackAndResume
  /// Stop the run, then resume with a reset of running jobs.
  case resumeResetting
  /// Nothing to do: the next resume takes over the workflows.
  case takenOverByResume
  /// Check in the history whether a task's result can be valid, and reset the task if not.
  case judgeResult(of: TaskID)
}
