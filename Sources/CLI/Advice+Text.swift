import JobmonCore

extension Advice {
  /// The message followed by this advice, with this program's commands and options.
  func commands(after message: String) -> String { appended(commands, to: message) }

  /// The advice, with this program's commands and options.
  private var commands: String {
    switch self {
    case .resume: "add --resume to continue it, or use other workflow_args"
    case .resumeDone: "use other workflow_args for a new run, or --resume to exit with success"
    case .resumeByID(let unfinished):
      "resume it by its id: `jobmon workflow resume -w ID`" + Self.unfinished(unfinished)
    case .acceptChanges(let holding, let total, let again, let most):
      "--accept-changes keeps the \(holding) of \(total) results that are still valid\n"
        + "and reruns \(Self.doneTasks(again)); --keep-done keeps all \(most);\n"
        + "other workflow_args make a new workflow"
    case .acceptChangesByRun:
      "`jobmon run FILE --accept-changes` ends them first; bind does not"
    case .confirmMove:
      "use other workflow_args; if the project was moved or renamed, add --here"
    case .moveBeforeChanges:
      "its changes are not accepted together with --here; run the moved or renamed file unchanged once with --here, "
        + "then accept its changes, or give it other workflow_args"
    case .rerunChanged: "--rerun-changed reruns them and all tasks downstream"
    case .waitOrTakeOver(let workflow):
      "wait for it, end it with `jobmon workflow stop -w \(workflow)`, or take it over with `jobmon workflow resume "
        + "-w \(workflow)`"
    case .stopFirst(let workflow): "stop it first with `jobmon workflow stop -w \(workflow)`"
    case .stopBeforeChanges(let workflow):
      "stop it with `jobmon workflow stop -w \(workflow)` before its changes are accepted"
    case .endRuns(let first): "End it first with jobmon workflow stop -w \(first)"
    case .endAttempts(let workflow):
      "end them first with jobmon workflow resume -w \(workflow) --reset-running-jobs and Ctrl-C, or add -f"
    case .raiseLimit(let workflow, let template):
      "none of its tasks will start until `\(Self.limit(workflow, template.map(ShellWord.quoted)))` raises the limit"
    case .setSingleTasks: "`jobmon task update` resets single tasks"
    case .nameOtherDatabase: "name another file with --database or in JOBMON_DATABASE"
    case .makeDatabaseByRun: "the first `jobmon run` creates it"
    case .upgradeDatabase: "run jobmon db upgrade, which keeps a copy"
    case .restoreCopy: "restore a backup with jobmon db restore FILE"
    case .restoreCopyKeeping:
      "restore a backup with jobmon db restore FILE; the present files are kept"
    case .useOtherCopy: "use another copy, or add -f to use this one anyway"
    case .runAsOwner(let owner): "Run them as \(owner), or add --as-root"
    case .cancelOnInterrupt: "use --on-interrupt cancel"
    case .chooseLogFolder: "choose another folder with --logs"
    case .chooseOneCluster: "choose one for all tasks with -c"
    case .answerCallbacks: "run the workflow from the program that defines it, or with --control"
    case .resumeWith(let workflow): "resume with: jobmon workflow resume -w \(workflow)"
    case .tryAgain(let workflow, let task):
      (task.map { "jobmon task history -t \($0) has the details; " } ?? "")
        + "retry with: jobmon workflow resume -w \(workflow)"
    case .unpause(let workflow): "\(Self.limit(workflow, nil)) continues it"
    case .changeLimit(let workflow, let template): "\(Self.limit(workflow, template)) changes the limit"
    case .restoreOrRemove: "restore a backup, or remove them with jobmon db prune -w"
    case .setBackAndResume: "reset those tasks with jobmon task update -s G, then resume"
    case .resumeResetting:
      "stop the run, then resume with --reset-running-jobs, which cancels running jobs first"
    case .takenOverByResume: "the next resume adopts them"
    case .judgeResult(let task):
      "see jobmon task history -t \(task); reset it with jobmon task update -s G if its result is wrong"
    }
  }

  private static func limit(_ workflow: WorkflowID, _ template: String?) -> String {
    "jobmon workflow concurrency -w \(workflow)" + (template.map { " --task-template \($0)" } ?? "") + " -m N"
  }
}

extension RunRefusal {
  /// ``message`` with the advice, in this program's commands and options.
  var commandMessage: String { advice?.commands(after: message) ?? message }

  /// The same, prefixed with the location of the fault.
  var commandDescription: String { (place.map { "\($0): " } ?? "") + commandMessage }
}
