import JobmonModel

/// One task instance: one attempt of one task, with where it ran, what it used and how it ended.
public struct AttemptRow: Hashable, Sendable {
  public var instance: TaskInstanceID
  public var run: WorkflowRunID
  /// Counted from 1 in its run.
  public var attempt: Int
  public var cluster: String
  public var status: TaskInstanceStatus
  /// The cluster's own name for it; nil until the cluster has answered.
  public var handle: String?
  public var node: String?
  public var request: ResourceRequest
  public var created: Timestamp
  public var started: Timestamp?
  public var ended: Timestamp?
  public var usage: ResourceUsage?
  /// nil while it has not ended.
  public var cause: Cause?
  /// What is known beyond the cause; while it waits in its cluster: what for, in the cluster's words.
  public var message: String?
  /// What follows, where it has failed.
  public var followUp: FollowUp?
  /// Where its output goes: paths.
  public var stdout: String
  public var stderr: String

  public var exitCode: Int? { if case .exit(let code) = cause { code } else { nil } }
  public var signal: Int? { if case .signal(let number) = cause { number } else { nil } }
  /// Whether a retry followed.
  public var isRetry: Bool { followUp?.isRetry ?? false }

  /// Why it ended as it did and what followed, for a person; while it waits: what for.
  public var reason: String? {
    guard let cause else { return message }
    return FailureText.ending(cause, message: message, followUp)
  }

  /// The failure alone, for a person; nil where it has not failed.
  public var failure: String? {
    cause.map { FailureText.reason($0, message: message) }
  }

  /// Paths of its log files; nil where there is none, as of now: it takes a look at the file system.
  public var logFiles: (stdout: String?, stderr: String?) {
    (LogFiles.kept(stdout, cause: cause?.word), LogFiles.kept(stderr, cause: cause?.word))
  }
}

/// A task with one of its attempts; a task that never had one stands alone.
public struct TaskAttemptRow: Hashable, Sendable {
  public var task: TaskRow
  public var workflow: WorkflowID
  public var attempt: AttemptRow?
}

/// The log files of one attempt (`get_filepaths`).
public struct FilePathRow: Hashable, Codable, ListedRow {
  public var task: TaskID
  public var name: String
  /// The template's name.
  public var array: String
  public var instance: TaskInstanceID
  /// nil where there is none: ``AttemptRow/logFiles``.
  public var stdout: String?
  public var stderr: String?

  public enum CodingKeys: String, CodingKey, CaseIterable {
    case task = "task_id"
    case name = "task_name"
    case array = "array_name"
    case instance = "task_instance_id"
    case stdout = "output_path"
    case stderr = "error_path"
  }

  public var values: [JSONValue] {
    [
      .integer(task), .string(name), .string(array), .integer(instance), JSONValue(stdout), JSONValue(stderr),
    ]
  }
}
