extension Advice {
  /// The message followed by this advice, in words that do not depend on a program.
  public func appended(to message: String) -> String { appended(words, to: message) }

  /// The message followed by `words`, the text of this advice.
  package func appended(_ words: String, to message: String) -> String {
    message.isEmpty ? words : message + joint + words
  }

  /// The separator between a message and this advice, in one sentence or in two.
  private var joint: String {
    switch self {
    // After a list of changes.
    case .acceptChanges: "\n"
    case .endRuns, .runAsOwner: ". "
    case .waitOrTakeOver, .setSingleTasks, .restoreCopyKeeping, .useOtherCopy, .cancelOnInterrupt,
      .chooseLogFolder, .resumeWith, .tryAgain, .unpause, .changeLimit,
      .resumeResetting, .takenOverByResume, .judgeResult:
      "; "
    case .resume, .resumeDone, .resumeByID, .acceptChangesByRun, .confirmMove, .moveBeforeChanges,
      .rerunChanged, .stopFirst, .stopBeforeChanges, .endAttempts, .raiseLimit, .nameOtherDatabase,
      .makeDatabaseByRun, .upgradeDatabase, .restoreCopy, .chooseOneCluster, .answerCallbacks,
      .restoreOrRemove, .setBackAndResume:
      ": "
    }
  }

  /// What to do, in words that do not name a program's commands or options.
  public var words: String {
    switch self {
    case .resume: "resume it, or use other workflow_args"
    case .resumeDone: "use other workflow_args for a new run, or resume it, which runs nothing and succeeds"
    case .resumeByID(let unfinished): "resume it by its id" + Self.unfinished(unfinished)
    case .acceptChanges(let holding, let total, let again, let most):
      "Accepting the changes keeps the \(holding) of \(total) results that are still valid\n"
        + "and reruns \(Self.doneTasks(again)); keeping all DONE tasks keeps all \(most) results;\n"
        + "other workflow_args make a new workflow"
    case .acceptChangesByRun:
      "a run that accepts the changes ends them first; binding does not"
    case .confirmMove:
      "give it other workflow_args; or, if that project has moved or was renamed, set `here` in the options of the run"
    case .moveBeforeChanges:
      "its changes are not accepted while `here` is set; run the moved or renamed file unchanged once with it, then "
        + "accept its changes, or give it other workflow_args"
    case .rerunChanged: "`rerunChanged` in the options of the run runs them again, with all tasks downstream"
    case .waitOrTakeOver: "wait for it, stop it, or take it over by a resume"
    case .stopFirst: "stop it first"
    case .stopBeforeChanges: "stop it before its changes are accepted"
    case .endRuns: "End it first"
    case .endAttempts: "end them first, or restore the copy anyway"
    case .raiseLimit: "none of its tasks will start until the limit is raised"
    case .setSingleTasks: "single tasks can be reset instead"
    case .nameOtherDatabase: "name another file"
    case .makeDatabaseByRun: "the first run creates it"
    case .upgradeDatabase: "open it for writing to upgrade it; a copy is kept"
    case .restoreCopy: "restore a backup"
    case .restoreCopyKeeping: "restore a backup"
    case .useOtherCopy: "use another copy, or use this one anyway"
    case .runAsOwner(let owner): "Run them as \(owner), or allow root to run them"
    case .cancelOnInterrupt: "cancel them when the run is interrupted"
    case .chooseLogFolder: "choose another folder"
    case .chooseOneCluster: "choose one for all tasks"
    case .answerCallbacks: "run the workflow from the program that defines it"
    case .resumeWith: "resume it"
    case .tryAgain(_, nil): "resume to retry it"
    case .tryAgain(_, .some): "its history has the details; resume to retry it"
    case .unpause: "set another limit to continue it"
    case .changeLimit: "set another limit to change it"
    case .restoreOrRemove: "restore a backup, or remove them"
    case .setBackAndResume: "reset those tasks, then resume"
    case .resumeResetting: "stop the run, then resume it, cancelling running jobs first"
    case .takenOverByResume: "the next resume takes them over"
    case .judgeResult: "see its history; reset it if its result is wrong"
    }
  }

  /// The ids of unfinished workflows with the same name, as the end of a sentence; empty if there are none.
  package static func unfinished(_ ids: [WorkflowID]) -> String {
    ids.isEmpty
      ? "" : "; unfinished workflows with this name: " + ids.map(String.init).joined(separator: ", ")
  }

  /// `1 done task`, `2 done tasks`.
  package static func doneTasks(_ count: Int) -> String {
    CountText.of(count, "done task")
  }
}
