import JobmonModel

/// Why a database is not replaced by a copy.
package enum RestoreRefusal: RefusalReason, Hashable {
  case missing(String)
  case notRegular(String)
  case isDatabase(String)
  case notDatabase(String)
  /// The reason that SQLite or the system gives.
  case unreadable(String, reason: String)
  /// Why the copy cannot be opened.
  case unusable(String, StoreError)
  /// The faults that checks of the copy have found.
  case damaged(String, findings: [String])
  /// Workflows of the present database that are held by live runs.
  case live([WorkflowID])
  /// Attempts that the copy does not contain may still be running, for this reason.
  case mayRun(WorkflowID, attempts: Int, cluster: String, reason: String)
  /// Another process has the database open.
  case inUse(path: String, by: Int32)
}

extension RestoreRefusal {
  package var code: RunRefusal.Code {
    switch self {
    case .missing: .notFound
    case .notRegular, .isDatabase, .notDatabase: .invalidUsage
    case .unreadable, .unusable, .damaged: .storeUnavailable
    case .live, .mayRun, .inUse: .workflowHeld
    }
  }

  package var workflowID: WorkflowID? {
    switch self {
    case .live(let workflows): workflows.first
    case .mayRun(let workflow, _, _, _): workflow
    default: nil
    }
  }

  package var advice: Advice? {
    switch self {
    case .unusable(_, let error): error.advice
    case .damaged: .useOtherCopy
    case .live(let workflows): workflows.first.map { .endRuns(first: $0) }
    case .mayRun(let workflow, _, _, _): .endAttempts(workflow)
    default: nil
    }
  }

  package var message: String {
    switch self {
    case .missing(let copy): "there is no file \(copy)"
    case .notRegular(let copy): "\(copy) is not a regular file: name a copy of a database"
    case .isDatabase(let copy): "\(copy) is the database itself: name a copy of it"
    case .notDatabase(let copy): "\(copy) is not a jobmon database"
    case .unreadable(let copy, let reason): "\(copy) cannot be read: \(reason)"
    case .unusable(let copy, let error): "\(copy) cannot be used: \(error.message)"
    case .damaged(let copy, let findings):
      "\(copy) is damaged: \(findings.joined(separator: "; ")). Nothing was changed"
    case .live(let workflows):
      "a run is live: workflow\(workflows.count == 1 ? "" : "s") "
        + workflows.map(String.init).joined(separator: ", ")
    case .mayRun(let workflow, let attempts, let cluster, let reason):
      "workflow \(workflow) may still have \(attempts == 1 ? "a task" : "\(attempts) tasks") running on cluster "
        + "\(cluster) (\(reason)), which the copy does not contain"
    case .inUse(let path, let process):
      "process \(process) has the database \(path) open: end it first, then restore the copy"
    }
  }
}
