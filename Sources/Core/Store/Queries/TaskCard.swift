import JobmonModel

/// Everything about one task on one page (`task show`).
public struct TaskCard: Hashable, Sendable {
  /// One of its attempts, with what its log files hold at their ends.
  public struct Attempt: Hashable, Sendable {
    /// What is known of it.
    public var row: AttemptRow
    /// Its output file; nil where there is none.
    public var stdout: String?
    /// Its standard error file; nil where there is none.
    public var stderr: String?
  }

  /// The task as people see it.
  public var task: TaskRow
  /// The workflow that it belongs to.
  public var workflow: WorkflowID
  /// That workflow's name.
  public var workflowName: String
  /// Whether the workflow is driven now.
  public var driver: DriverState
  /// The command as it is run.
  public var command: String
  /// The folder that it is run in.
  public var folder: String
  /// Its arguments with their values, in the template's order, by role: `node_args`, `task_args`, `op_args`.
  public var arguments: [(role: String, values: [(name: String, value: String)])]
  /// What its definition says of it, and what its command wrote.
  public var attributes: [String: String]
  /// The request of its last attempt; nil where it never had one.
  public var request: ResourceRequest?
  /// All attempts, oldest first.
  public var attempts: [Attempt]
  /// The tasks that it waits for and that are not done.
  public var missing: [TaskRow]
  /// The last lines of what its last attempt wrote to standard error; nil where there are none.
  public var stderrTail: String?

  /// Two cards are equal where they show the same task in the same state.
  public static func == (one: TaskCard, two: TaskCard) -> Bool {
    one.task == two.task && one.attempts == two.attempts && one.attributes == two.attributes
      && one.missing == two.missing
  }

  /// See ``==(_:_:)``.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(task)
    hasher.combine(attempts)
  }

  /// The card as one JSON object.
  public var json: [String: JSONValue] {
    func object(_ values: [(name: String, value: String)]) -> JSONValue {
      .object(Dictionary(uniqueKeysWithValues: values.map { ($0.name, .string($0.value)) }))
    }
    let last = attempts.last?.row
    return [
      "task_id": .integer(task.id), "task_name": .string(task.name), "template": .string(task.template),
      "workflow_id": .integer(workflow), "workflow_name": .string(workflowName),
      "status": .string(task.status.rawValue), "retries": JSONValue(task.retries),
      "driver": JSONValue(driver.words), "command": .string(command), "folder": .string(folder),
      "arguments": .object(
        Dictionary(uniqueKeysWithValues: arguments.map { ($0.role, object($0.values)) })),
      "attributes": .object(attributes.mapValues { .string($0) }),
      "requested": request.map { .object($0.figures) } ?? .null,
      "used": last?.usage.map { .object($0.figures) } ?? .null,
      "attempts": .array(attempts.map { .object($0.json) }),
      "upstreams_not_done": .array(
        missing.map {
          .object([
            "task_id": .integer($0.id), "task_name": .string($0.name), "status": .string($0.status.rawValue),
          ])
        }),
      "stderr_tail": JSONValue(stderrTail),
    ]
  }
}

extension TaskCard.Attempt {
  /// Seconds that it took; nil where it has not started, or not ended.
  public var seconds: Double? {
    if let wall = row.usage?.wall { return wall }
    guard let started = row.started, let ended = row.ended else { return nil }
    return Double(ended.rawValue - started.rawValue) / 1000
  }

  fileprivate var json: [String: JSONValue] {
    [
      "attempt": JSONValue(row.attempt), "task_instance_id": .integer(row.instance),
      "workflow_run_id": .integer(row.run), "cluster": .string(row.cluster),
      "distributor_id": JSONValue(row.handle), "status": .string(row.status.rawValue),
      "node": JSONValue(row.node), "started": JSONValue(row.started), "ended": JSONValue(row.ended),
      "duration_seconds": JSONValue(seconds), "cpu_seconds": JSONValue(row.usage?.cpu),
      "peak_memory_bytes": JSONValue(row.usage?.peakMemory), "cause": JSONValue(row.cause?.word),
      "exit_code": JSONValue(row.exitCode), "signal": JSONValue(row.signal),
      "reason": JSONValue(row.status == .done ? nil : row.reason), "stdout": JSONValue(stdout),
      "stderr": JSONValue(stderr), "requested": .object(row.request.figures),
    ]
  }
}

extension ResourceRequest {
  /// What it asks for, under the keys of results: `cores`, `memory_bytes`, `runtime_seconds` and the rest.
  public var figures: [String: JSONValue] {
    var all = other.mapValues { JSONValue.string($0) }
    all["cores"] = JSONValue(cores)
    all["memory_bytes"] = JSONValue(memory)
    all["runtime_seconds"] = JSONValue(runtime)
    all["queue"] = JSONValue(queue)
    all["project"] = JSONValue(project)
    all["constraints"] = JSONValue(constraints)
    return all
  }
}

extension ResourceUsage {
  /// What was measured, under the keys of results.
  public var figures: [String: JSONValue] {
    [
      "wall_seconds": JSONValue(wall), "cpu_seconds": JSONValue(cpu),
      "peak_memory_bytes": JSONValue(peakMemory),
    ]
  }
}
