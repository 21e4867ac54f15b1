import JobmonModel

/// One attempt of one task (a task instance): where it ran, what it used and how it ended.
public struct AttemptRow: Hashable, Sendable {
  /// The attempt's id in the store.
  public var instance: TaskInstanceID
  /// The run that created it.
  public var run: WorkflowRunID
  /// The attempt number, from 1 in each run.
  public var attempt: Int
  /// The name of the cluster to which it was submitted.
  public var cluster: String
  /// Its status; ``TaskInstanceStatus/launched`` as soon as its batch was accepted.
  public var status: TaskInstanceStatus
  /// The cluster's id for it; nil until the cluster has answered.
  public var handle: String?
  /// The node on which it runs or ran, in the cluster's words; nil until it is known.
  public var node: String?
  /// The resources that it requested.
  public var request: ResourceRequest
  /// When the engine created it, before its submission.
  public var created: Timestamp
  /// When its command started; nil if it has not started, or if the start was not observed.
  public var started: Timestamp?
  /// When it ended; nil until then.
  public var ended: Timestamp?
  /// The resources that it used; nil if nothing was measured.
  public var usage: ResourceUsage?
  /// The cause of its end; nil until it has ended.
  public var cause: Cause?
  /// Details beyond the cause. While it waits in its cluster: the reason, in the cluster's words.
  public var message: String?
  /// What follows if it has failed.
  public var followUp: FollowUp?
  /// The path of its standard output, whether the file exists or not.
  public var stdout: String
  /// The path of its standard error, whether the file exists or not.
  public var stderr: String

  /// The exit code of its command; nil if it ended otherwise or has not ended.
  public var exitCode: Int? { cause?.exitCode }
  /// The number of the signal that ended its command; nil if it ended otherwise or has not ended.
  public var signal: Int? { cause?.signal }
  /// Whether a retry follows.
  public var isRetry: Bool { followUp?.isRetry ?? false }

  /// Why it ended and what followed, as text for the user. While it waits: the reason.
  public var reason: String? {
    guard let cause else { return message }
    return FailureText.ending(cause, message: message, followUp)
  }

  /// The failure alone, as text for the user; nil if it has not ended.
  public var failure: String? {
    cause.map { FailureText.reason($0, message: message) }
  }

  /// The paths of its log files; nil for a file that does not exist. While the attempt has not ended, the paths that
  /// the files will have. Looks at the file system.
  public var logFiles: (stdout: String?, stderr: String?) {
    (LogFiles.kept(stdout, cause: cause?.word), LogFiles.kept(stderr, cause: cause?.word))
  }
}
