import JobmonCore

/// Reports a live run of the workflow, in which case `run --if-not-running` does nothing.
struct LiveRunReport {
  let store: StoreOptions
  let output: RunOutputOptions

  /// - Returns: whether a run of the workflow is live; it has then been reported.
  func tell(_ header: WorkflowHeader, _ configuration: Configuration) throws -> Bool {
    guard let args = header.workflowArgs, OSFile.exists(try store.path(configuration)) else { return false }
    let store = try store.open()
    guard
      let workflow = try store.find(tool: header.tool, version: header.toolVersion, workflowArgs: args)?.id,
      let live = try store.liveRun(of: workflow)
    else { return false }
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
    return true
  }
}
