import JobmonModel

/// One task instance: one attempt of one task, with where it ran, what it used and how it ended.
public struct AttemptRow: Hashable, Sendable {
  /// The attempt's key in the store.
  public var instance: TaskInstanceID
  /// The run that made it.
  public var run: WorkflowRunID
  /// Counted from 1 in its run.
  public var attempt: Int
  /// The name of the cluster that it was submitted to.
  public var cluster: String
  /// Its state; ``TaskInstanceStatus/launched`` as soon as its batch is.
  public var status: TaskInstanceStatus
  /// The cluster's own name for it; nil until the cluster has answered.
  public var handle: String?
  /// The node that it runs or ran on, in the cluster's words; nil until that is known.
  public var node: String?
  /// The resources that it was submitted with.
  public var request: ResourceRequest
  /// When the engine made it, before it was submitted.
  public var created: Timestamp
  /// When its command started; nil where it has not, or nobody saw it start.
  public var started: Timestamp?
  /// When it ended; nil while it has not.
  public var ended: Timestamp?
  /// What it used; nil where nothing was measured.
  public var usage: ResourceUsage?
  /// nil while it has not ended.
  public var cause: Cause?
  /// What is known beyond the cause; while it waits in its cluster: what for, in the cluster's words.
  public var message: String?
  /// What follows, where it has failed.
  public var followUp: FollowUp?
  /// Where its output goes: paths.
  public var stdout: String
  /// Where its standard error goes: a path, whether the file exists or not.
  public var stderr: String

  /// The code that its command exited with; nil where it ended otherwise or has not ended.
  public var exitCode: Int? { cause?.exitCode }
  /// The number of the signal that ended its command; nil where it ended otherwise or has not ended.
  public var signal: Int? { cause?.signal }
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
