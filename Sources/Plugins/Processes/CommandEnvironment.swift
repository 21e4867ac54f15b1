/// What commands inherit from the driver's environment.
public enum CommandEnvironment {
  /// Variables about the task instance that the driver itself runs in, if any. Its own commands get others.
  private static let ownOfInstances: Set<String> = [
    "JOBMON_WORKFLOW_ID", "JOBMON_WORKFLOW_RUN_ID", "JOBMON_TASK_ID", "JOBMON_TASK_INSTANCE_ID",
    "JOBMON_TASK_NAME",
    "JOBMON_ATTEMPT", "JOBMON_MAX_ATTEMPTS", "JOBMON_CLUSTER", "JOBMON_CORES", "JOBMON_MEMORY_BYTES",
    "JOBMON_ATTRIBUTES", "JOBMON_STATUS", ProcessEnvironment.token, ProcessEnvironment.outerTokens,
    ProcessEnvironment.workerOf,
  ]

  /// - Parameter driver: `NAME=value`, like the result. The token of a task that the driver runs in is kept under
  ///   another name, so that ending that task also finds these commands.
  public static func inherited(from driver: [String]) -> [String] {
    var outer: [Substring] = []
    var kept = driver.filter { variable in
      let parts = variable.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts[0])
      if parts.count == 2, name == ProcessEnvironment.token { outer.insert(parts[1], at: 0) }
      if parts.count == 2, name == ProcessEnvironment.outerTokens { outer.append(parts[1]) }
      return !ownOfInstances.contains(name) && !name.hasPrefix("JOBMON_ARG_")
    }
    if !outer.isEmpty { kept.append("\(ProcessEnvironment.outerTokens)=\(outer.joined(separator: ":"))") }
    return kept
  }
}
