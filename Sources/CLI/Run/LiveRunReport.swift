import JobmonCore

/// Reports that another run has the workflow, in which case `run --if-not-running` does nothing.
struct LiveRunReport {
  let store: StoreOptions
  let output: RunOutputOptions

  /// Reports a live run.
  ///
  /// - Returns: whether a run of the workflow is live; it has then been reported.
  func tell(_ header: WorkflowHeader, _ configuration: Configuration) throws -> Bool {
    guard let args = header.workflowArgs, OSFile.exists(try store.path(configuration)) else { return false }
    let store = try store.open()
    guard
      let workflow = try store.find(tool: header.tool, version: header.toolVersion, workflowArgs: args)?.id,
      let live = try store.liveRun(of: workflow)
    else { return false }
    try tell(workflow, live)
    return true
  }

  /// Reports the run that took the workflow after ``tell(_:_:)`` found none: it is live, about to start, or over
  /// already.
  ///
  /// - Throws: the refusal if its driver may be dead.
  func tell(_ refusal: RunRefusal) throws {
    guard let workflow = refusal.workflowID else { throw refusal }
    let store = try store.open()
    if let live = try store.liveRun(of: workflow) { return try tell(workflow, live) }
    guard let status = try store.find(workflow)?.status else { throw refusal }
    let state: String
    switch status {
    case .registering, .queued: state = "is about to start"
    case .done, .failed, .halted, .aborted: state = "has just ended (\(status.rawValue))"
    case .instantiating, .launched, .running: throw refusal
    }
    try output.tell(
      ["workflow_id": .integer(workflow), "status": .string(status.rawValue)],
      or: StyledText(lines: "another run of workflow \(workflow) \(state); nothing was started"))
  }

  private func tell(_ workflow: WorkflowID, _ live: LeaseHolder) throws {
    try output.tell(
      [
        "workflow_id": .integer(workflow), "workflow_run_id": .integer(live.run), "status": "RUNNING",
        "host": .string(live.driver.host), "pid": .integer(Int64(live.driver.pid)),
        "since": .string(live.since.iso8601),
      ],
      or: StyledText(
        lines:
          "workflow \(workflow) is running: run \(live.run) by \(live.driver.user), process \(live.driver.pid) on "
          + "\(live.driver.host), since \(live.since.iso8601); nothing was started"))
  }
}
