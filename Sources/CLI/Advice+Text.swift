import JobmonCore

extension Advice {
  /// The message with this advice behind it, by the commands and options of this program.
  func commands(after message: String) -> String { appended(commands, to: message) }

  /// What to do, by the commands and options of this program.
  private var commands: String {
    switch self {
    case .resume: "add --resume to continue it, or use other workflow_args"
    case .resumeDone: "use other workflow_args for a new run, or --resume to accept that it is done"
    case .resumeByID(let unfinished):
      "resume it by id with `jobmon workflow_resume -w ID`" + Self.unfinished(unfinished)
    case .acceptChanges(let holding, let total, let again, let most):
      "--accept-changes keeps the \(holding) of \(total) results that still hold\n"
        + "and runs \(Self.doneTasks(again)) again; --keep-done keeps all \(most);\n"
        + "other workflow_args make a new workflow"
    case .acceptChangesByRun:
      "`jobmon run FILE --accept-changes` ends them first; bind starts and ends nothing"
    case .confirmMove:
      "give it other workflow_args; or, if that project has moved or was renamed, add --here"
    case .moveBeforeChanges:
      "its changes are not accepted together with --here; run the moved or renamed file unchanged once with --here, "
        + "then accept its changes, or give it other workflow_args"
    case .rerunChanged: "--rerun-changed runs them again, with all tasks downstream"
    case .waitOrTakeOver(let workflow):
      "wait for it, end it with `jobmon workflow_stop -w \(workflow)`, or take it over with `jobmon workflow_resume "
        + "-w \(workflow)`"
    case .stopFirst(let workflow): "stop it first with `jobmon workflow_stop -w \(workflow)`"
    case .stopBeforeChanges(let workflow):
      "stop it with `jobmon workflow_stop -w \(workflow)` before its changes are accepted"
    case .endRuns(let first): "End it first, as with jobmon workflow_stop -w \(first)"
    case .endAttempts(let workflow):
      "end them first with jobmon workflow_resume -w \(workflow) --reset-running-jobs and Ctrl-C, or add -f"
    case .raiseLimit(let workflow, let template):
      "no task of it starts until `\(Self.limit(workflow, template.map(ShellWord.quoted)))` raises the limit"
    case .setSingleTasks: "`jobmon update_task_status` sets single tasks back"
    case .nameOtherDatabase: "name another file with --database or in JOBMON_DATABASE"
    case .makeDatabaseByRun: "it is made by the first `jobmon run`"
    case .upgradeDatabase: "run jobmon db_upgrade, which keeps a copy"
    case .restoreCopy: "put a copy back with jobmon db_restore FILE"
    case .restoreCopyKeeping:
      "put a copy back with jobmon db_restore FILE, which keeps what is there now"
    case .useOtherCopy: "use another copy, or add -f to use this one as it is"
    case .runAsOwner(let owner): "Run them as \(owner), or add --as-root"
    case .cancelOnInterrupt: "use --on-interrupt cancel"
    case .chooseLogFolder: "choose another folder with --logs"
    case .chooseOneCluster: "choose one for all tasks by -c"
    case .answerCallbacks: "run the workflow from the program that defines it, or with --control"
    case .resumeWith(let workflow): "resume with: jobmon workflow_resume -w \(workflow)"
    case .tryAgain(let workflow, let task):
      (task.map { "jobmon history -t \($0) says when and why; " } ?? "")
        + "a resume tries it again: jobmon workflow_resume -w \(workflow)"
    case .unpause(let workflow): "\(Self.limit(workflow, nil)) lets it go on"
    case .changeLimit(let workflow, let template): "\(Self.limit(workflow, template)) changes that"
    case .restoreOrRemove: "restore a backup, or remove them with db_prune -w"
    case .setBackAndResume: "update_task_status -s G on those tasks, then workflow_resume"
    case .resumeResetting:
      "stop the run, then resume it with --reset-running-jobs: what still runs is ended first"
    case .takenOverByResume: "the next workflow_resume takes them over"
    case .judgeResult(let task):
      "look at jobmon history -t \(task), and set it back with update_task_status -s G if its result cannot be right"
    }
  }

  private static func limit(_ workflow: WorkflowID, _ template: String?) -> String {
    "jobmon concurrency_limit -w \(workflow)" + (template.map { " --task_template \($0)" } ?? "") + " -m N"
  }
}

extension RunRefusal {
  /// ``message``, with what to do by the commands and options of this program.
  var commandMessage: String { advice?.commands(after: message) ?? message }

  /// The same, with the place of the fault before it.
  var commandDescription: String { (place.map { "\($0): " } ?? "") + commandMessage }
}
