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
  /// ``Cause/word``; nil while it has not ended.
  public var cause: String?
  public var exitCode: Int?
  public var signal: Int?
  /// Why it ended as it did and what followed, for a person.
  public var reason: String?
  /// Whether a retry followed.
  public var isRetry: Bool
  /// Where its output goes: paths.
  public var stdout: String
  public var stderr: String

  /// Paths of its log files; nil where there is none, as of now: it takes a look at the file system.
  public var logFiles: (stdout: String?, stderr: String?) {
    (LogFiles.kept(stdout, cause: cause), LogFiles.kept(stderr, cause: cause))
  }
}

/// A task with one of its attempts; a task that never had one stands alone.
public struct TaskAttemptRow: Hashable, Sendable {
  public var task: TaskRow
  public var workflow: WorkflowID
  public var attempt: AttemptRow?
}

/// The log files of one attempt.
public struct FilePathRow: Hashable, Sendable {
  public var task: TaskID
  public var name: String
  /// The template's name.
  public var array: String
  public var instance: TaskInstanceID
  /// nil where there is none: ``AttemptRow/logFiles``.
  public var stdout: String?
  public var stderr: String?
}
