import JobmonModel
import JobmonStore

/// Why a run cannot take the workflow's lease.
package enum LeaseRefusal: RefusalReason, Hashable {
  /// Another run holds it; if it was to hand over, the reason why it does not.
  case held(WorkflowID, Holder, Resistance?)

  /// Why a run does not hand over to a resume.
  package enum Resistance: Hashable, Sendable {
    /// It began after the resume did.
    case younger
    case askedByOther
    case otherWasFaster
    case notLetGo(seconds: Int64)
  }

  /// The run that holds a workflow, and its driver.
  package struct Holder: Hashable, Sendable, CustomStringConvertible {
    package var run: WorkflowRunID
    package var user: String
    package var pid: Int32
    package var host: String
    package var since: Timestamp

    package init(run: WorkflowRunID, user: String, pid: Int32, host: String, since: Timestamp) {
      self.run = run
      self.user = user
      self.pid = pid
      self.host = host
      self.since = since
    }

    package var description: String {
      "run \(run): \(user), process \(pid) on \(host), since \(since.iso8601)"
    }
  }
}

extension LeaseRefusal {
  package var code: RunRefusal.Code { .workflowHeld }

  package var workflowID: WorkflowID? {
    switch self {
    case .held(let workflow, _, _): workflow
    }
  }

  package var advice: Advice? {
    switch self {
    case .held(let workflow, _, _): .waitOrTakeOver(workflow)
    }
  }

  package var message: String {
    switch self {
    case .held(let workflow, let holder, let resistance):
      "workflow \(workflow) is held by \(holder)" + (resistance.map { "; \($0)" } ?? "")
    }
  }
}

extension LeaseRefusal.Resistance: CustomStringConvertible {
  package var description: String {
    switch self {
    case .younger: "it started after this resume"
    case .askedByOther: "another jobmon is already taking over"
    case .otherWasFaster: "another jobmon took it over first"
    case .notLetGo(let seconds): "it did not hand over within \(seconds) s"
    }
  }
}

extension LeaseRefusal.Holder {
  init(_ holder: LeaseHolder) {
    self.init(
      run: holder.run, user: holder.driver.user, pid: holder.driver.pid, host: holder.driver.host,
      since: holder.since)
  }
}
