import JobmonModel

/// Why the store refuses a call although it has no fault.
package enum StoreRefusal: RefusalReason, Hashable {
  /// Another process is storing the workflow.
  case beingStored(WorkflowID)
  /// The database of another user. Its commands would run as root or as this user.
  case otherOwner(path: String, owner: String, isRoot: Bool)
  case notRunning(WorkflowID)
  /// A run holds the workflow; with the host of its driver.
  case held(WorkflowID, by: WorkflowRunID, host: String)
  case live(WorkflowID, run: WorkflowRunID, pid: Int32, host: String)
  /// A run holds the workflow whose changes were accepted.
  case liveChanges(WorkflowID, run: WorkflowRunID, pid: Int32, host: String)
  /// The whole workflow cannot be reset; with its last run.
  case notReset(WorkflowID, lastRun: LastRun?)
  case otherTasks(WorkflowID, [TaskID])
  /// The file does not exist yet.
  case noDatabase(path: String)
  /// A path that SQLite does not accept.
  case pathNotUTF8(String)

  /// The last run of a workflow. A reset requires that it belongs to this user, and that it has ended with ERROR or
  /// DONE.
  package struct LastRun: Hashable, Sendable {
    package var user: String
    package var status: String

    package init(user: String, status: String) {
      self.user = user
      self.status = status
    }
  }
}

extension StoreRefusal {
  package var code: RunRefusal.Code {
    switch self {
    case .beingStored, .held, .live, .liveChanges: .workflowHeld
    case .otherOwner, .notRunning, .notReset: .notResumable
    case .otherTasks, .pathNotUTF8: .invalidUsage
    case .noDatabase: .notFound
    }
  }

  package var workflowID: WorkflowID? {
    switch self {
    case .beingStored(let workflow), .notRunning(let workflow), .held(let workflow, _, _),
      .live(let workflow, _, _, _), .liveChanges(let workflow, _, _, _), .notReset(let workflow, _),
      .otherTasks(let workflow, _):
      workflow
    case .otherOwner, .noDatabase, .pathNotUTF8: nil
    }
  }

  package var advice: Advice? {
    switch self {
    case .otherOwner(_, let owner, true): .runAsOwner(owner)
    case .held(let workflow, _, _), .live(let workflow, _, _, _): .stopFirst(workflow)
    case .liveChanges(let workflow, _, _, _): .stopBeforeChanges(workflow)
    case .notReset: .setSingleTasks
    case .noDatabase: .makeDatabaseByRun
    case .pathNotUTF8: .nameOtherDatabase
    case .beingStored, .otherOwner, .notRunning, .otherTasks: nil
    }
  }

  package var message: String {
    switch self {
    case .beingStored(let workflow):
      "another process is storing workflow \(workflow): try again later"
    case .otherOwner(let path, let owner, true):
      "the database \(path) belongs to \(owner): its commands would run as root"
    case .otherOwner(let path, let owner, false):
      "the database \(path) belongs to \(owner), and its commands would run as you: use a database of your own"
    case .notRunning(let workflow):
      "workflow \(workflow) is not running: nothing to stop"
    case .held(let workflow, let run, let host): "workflow \(workflow) is held by run \(run) on \(host)"
    case .live(let workflow, let run, let pid, let host):
      "workflow \(workflow) is being run (run \(run), process \(pid) on \(host))"
    case .liveChanges(let workflow, let run, let pid, let host):
      "workflow \(workflow) is being run by run \(run) (process \(pid) on \(host))"
    case .notReset(let workflow, let last):
      "workflow \(workflow) cannot be reset: "
        + (last.map { "its last run, by \($0.user), is \($0.status)" } ?? "it was never run")
        + "; its last run must be yours and have ended with ERROR or DONE"
    case .otherTasks(let workflow, let tasks):
      "not tasks of workflow \(workflow): \(CountText.list(tasks)); nothing was changed"
    case .noDatabase(let path): "there is no database \(path) yet"
    case .pathNotUTF8(let path):
      "the database \(path) cannot be used, because its path is not UTF-8 text"
    }
  }
}
