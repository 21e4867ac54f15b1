import JobmonCore

/// A run's result, or its refusal, as the one JSON object of `-o json`. All keys are always present; missing values are
/// null.
enum ResultJSON {
  static func text(of result: RunResult, resumeCommand: String) -> String {
    JSONText.line(
      .object([
        "workflow_id": .integer(result.workflowID), "workflow_run_id": JSONValue(result.workflowRunID),
        "name": .string(result.name), "workflow_args": .string(result.workflowArgs),
        "status": .string(result.status.rawValue), "tasks_total": JSONValue(result.tasksTotal),
        "tasks_done": JSONValue(result.tasksDone),
        "tasks_previously_done": JSONValue(result.tasksPreviouslyDone),
        "tasks_fatal": JSONValue(result.tasksFatal), "tasks_pending": JSONValue(result.tasksPending),
        "retries": JSONValue(result.retries), "elapsed_seconds": .number(result.elapsedSeconds),
        "failed_tasks": .array(result.failedTasks.map(row)),
        "resume_command": JSONValue(result.status == .done ? nil : resumeCommand),
      ]))
  }

  private static func row(_ task: FailedTask) -> JSONValue {
    .object([
      "task_id": .integer(task.taskID), "name": .string(task.name), "attempts": JSONValue(task.attempts),
      "reason": .string(task.reason), "cause": JSONValue(task.cause), "exit_code": JSONValue(task.exitCode),
      "signal": JSONValue(task.signal), "stdout": JSONValue(task.stdout), "stderr": JSONValue(task.stderr),
      "stderr_tail": JSONValue(task.stderrTail),
    ])
  }

  static func text(of refusal: RunRefusal) -> String {
    JSONText.line(.object(object(of: refusal)))
  }

  /// The keys of a refusal; a plan that would be refused has them, too.
  static func object(of refusal: RunRefusal) -> [String: JSONValue] {
    [
      "status": "REFUSED",
      "error": .object([
        "code": .string(refusal.code.rawValue), "message": .string(refusal.commandMessage),
        "file": JSONValue(refusal.file), "line": JSONValue(refusal.line),
        "column": JSONValue(refusal.column), "workflow_id": JSONValue(refusal.workflowID),
      ]),
    ]
  }
}
