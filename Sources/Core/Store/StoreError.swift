import JobmonModel

/// Errors of a store.
public enum StoreError: RefusalReason, Hashable {
  /// The object does not exist; it is described as in `workflow 12`.
  case notFound(String)
  /// The database was written by a newer program.
  case newerSchema(path: String, found: Int, known: Int)
  /// The database was written by an older program, and was opened only to be read.
  case olderSchema(path: String, found: Int, known: Int)
  /// The database needs an upgrade, but a run of an older program is live.
  case liveUpgrade(path: String, found: Int, known: Int, workflow: WorkflowID)
  /// Another program has kept the database locked longer than the store waits.
  case locked(path: String)
  /// The file or its folder cannot be written by this user.
  case readOnly(path: String)
  /// There is no space left: on the disk, within the user's quota, or within the limit for file sizes (`ulimit -f`).
  case full(path: String)
  /// The file is damaged or not a database; with the fault found by SQLite or by a check.
  case corrupt(path: String, String)
  /// The write-ahead log does not belong to the file, for this reason.
  case foreignLog(path: String, String)
  /// Other users can write this file, which is the database or belongs to it; with the fault.
  case untrusted(path: String, String)
  /// Any other error of SQLite or of the file system.
  case unavailable(path: String, String)
  /// The file was removed or replaced while it was open.
  case gone(path: String)
  /// Another run, with this id if it is known, holds the workflow now.
  case leaseLost(WorkflowRunID?)
  /// The key is stored with another identity; with the workflow and the differences.
  case workflowDiffers(WorkflowID, ChangePlan.Difference)
}

extension StoreError {
  /// Whether the file itself is gone. If so, no retry can succeed.
  package var isGone: Bool { if case .gone = self { true } else { false } }

  /// The kind of refusal, for programs.
  public var code: RunRefusal.Code {
    switch self {
    case .notFound: .notFound
    case .workflowDiffers: .workflowDiffers
    case .leaseLost, .liveUpgrade: .workflowHeld
    case .untrusted: .invalidFile
    default: .storeUnavailable
    }
  }

  /// The workflow concerned; nil if there is none or if it is not known.
  public var workflowID: WorkflowID? {
    switch self {
    case .workflowDiffers(let workflow, _), .liveUpgrade(_, _, _, let workflow): workflow
    default: nil
    }
  }

  /// What the user can do; nil if the message is complete.
  public var advice: Advice? {
    switch self {
    case .olderSchema: .upgradeDatabase
    case .corrupt: .restoreCopy
    case .foreignLog: .restoreCopyKeeping
    case .workflowDiffers(_, let difference): difference.advice
    default: nil
    }
  }

  /// What happened, and to which file, as text for the user.
  public var message: String {
    switch self {
    case .notFound(let what): "there is no \(what) in this database"
    case .newerSchema(let path, let found, let known):
      "the database \(path) has schema version \(found), but this jobmon supports versions up to \(known): use a newer jobmon"
    case .olderSchema(let path, let found, let known):
      "the database \(path) has schema version \(found), but this jobmon needs version \(known)"
    case .liveUpgrade(let path, let found, let known, let workflow):
      "the database \(path) has schema version \(found), but this jobmon needs version \(known), and workflow \(workflow) is "
        + "being run by an older jobmon: wait until that run has ended, or stop it, and try again"
    case .locked(let path):
      "the database \(path) is locked by another program; end that program, or try again"
    case .readOnly(let path):
      "the database \(path) cannot be written: check its permissions and those of its folder"
    case .full(let path):
      "there is no space left for the database \(path) (disk, quota, or ulimit -f): make room, then resume"
    case .corrupt(let path, let what):
      "the database \(path) is damaged (\(what))"
    case .foreignLog(let path, let why):
      "the database \(path) and its log \(path)-wal do not belong together (\(why)): nothing was changed"
    case .untrusted(let path, let what):
      "the database file \(path) decides what runs and \(what)"
    case .unavailable(let path, let what): "the database \(path) cannot be used: \(what)"
    case .gone(let path):
      "the database \(path) was removed or replaced while it was in use: later changes are lost; put the "
        + "file back, or start again"
    case .leaseLost(let run):
      run.map { "this run no longer holds its workflow: run \($0) has taken it over" }
        ?? "this run no longer holds its workflow"
    case .workflowDiffers(let workflow, let difference):
      (["workflow \(workflow) has the same tool, version and workflow_args but different tasks:"]
        + difference.fewLines)
        .joined(separator: "\n")
    }
  }
}
