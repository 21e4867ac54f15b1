import JobmonModel

/// Everything about one task on one page (`task show`).
public struct TaskCard: Hashable, Sendable {
  /// One attempt, with the paths of its log files.
  public struct Attempt: Hashable, Sendable {
    /// The stored values of the attempt.
    public var row: AttemptRow
    /// The path of its standard output; nil if the file does not exist.
    public var stdout: String?
    /// The path of its standard error; nil if the file does not exist.
    public var stderr: String?
  }

  /// The task with its displayed status.
  public var task: TaskRow
  /// The workflow of the task.
  public var workflow: WorkflowID
  /// That workflow's name.
  public var workflowName: String
  /// The state of the workflow's driver.
  public var driver: DriverState
  /// The command that is run.
  public var command: String
  /// The working directory of the command.
  public var folder: String
  /// The arguments with their values, in the template's order, by role: `node_args`, `task_args`, `op_args`.
  public var arguments: [(role: String, values: [(name: String, value: String)])]
  /// The attributes of its definition and those that its command wrote.
  public var attributes: [String: String]
  /// The request of its last attempt; nil if it has no attempt.
  public var request: ResourceRequest?
  /// All attempts, oldest first.
  public var attempts: [Attempt]
  /// The direct upstreams that are not DONE.
  public var missing: [TaskRow]
  /// The last lines of standard error of its last attempt; nil if there are none.
  public var stderrTail: String?

  /// Compares the task, its attempts, its attributes and its missing upstreams only.
  public static func == (one: TaskCard, two: TaskCard) -> Bool {
    one.task == two.task && one.attempts == two.attempts && one.attributes == two.attributes
      && one.missing == two.missing
  }

  /// Hashes a part of the values that ``==(_:_:)`` compares.
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
  /// The duration in seconds; nil if it has not started or not ended.
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
  /// The requested resources, under the keys of results: `cores`, `memory_bytes`, `runtime_seconds` and others.
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
  /// The measured usage, under the keys of results.
  public var figures: [String: JSONValue] {
    [
      "wall_seconds": JSONValue(wall), "cpu_seconds": JSONValue(cpu),
      "peak_memory_bytes": JSONValue(peakMemory),
    ]
  }
}
