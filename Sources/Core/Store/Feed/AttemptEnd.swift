import JobmonModel

/// The end of an attempt.
public struct AttemptEnd: Hashable, Codable, Sendable {
  /// The attempt that has ended.
  public var attempt: ChangedAttempt
  /// The task's previous state.
  public var from: TaskStatus
  /// The task's new state.
  public var taskStatus: TaskStatus
  /// The stored status of the attempt; always a final status.
  public var status: TaskInstanceStatus
  /// The cause of the end.
  public var cause: Cause
  /// The node on which it ran; nil if it had none or if the node is unknown.
  public var node: String?
  /// Details beyond the cause, in the words of the cluster or the worker.
  public var message: String?
  /// What follows; nil for a success, and for an attempt that jobmon cancelled.
  public var followUp: FollowUp?

  /// The end of an attempt, with its effect on the task.
  public init(
    attempt: ChangedAttempt, from: TaskStatus, taskStatus: TaskStatus, status: TaskInstanceStatus,
    cause: Cause,
    node: String? = nil, message: String? = nil, followUp: FollowUp? = nil
  ) {
    self.attempt = attempt
    self.from = from
    self.taskStatus = taskStatus
    self.status = status
    self.cause = cause
    self.node = node
    self.message = message
    self.followUp = followUp
  }

  /// Whether the displayed status of the task changes. A task that the user has set to DONE stays DONE, however its
  /// last attempt ended.
  public var changesTask: Bool { from.word != taskStatus.word && from != .done }

  /// The failure as a sentence, with what follows; nil if there is nothing to report.
  public var reason: String? { FailureText.ending(cause, message: message, followUp) }
}
