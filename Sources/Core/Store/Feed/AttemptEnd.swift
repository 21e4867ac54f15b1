import JobmonModel

/// How an attempt has ended.
public struct AttemptEnd: Hashable, Codable, Sendable {
  /// The attempt that has ended.
  public var attempt: ChangedAttempt
  /// What its task was before.
  public var from: TaskStatus
  /// What its task is then.
  public var taskStatus: TaskStatus
  /// How the attempt itself is kept; always a final status.
  public var status: TaskInstanceStatus
  /// Why it ended.
  public var cause: Cause
  /// The node that it ran on; nil where it had none or that is not known.
  public var node: String?
  /// What is known beyond the cause, in the words of the cluster or of the worker.
  public var message: String?
  /// What follows; nil for a success, and for what we ended ourselves.
  public var followUp: FollowUp?

  /// The end of an attempt, with what becomes of its task.
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

  /// Whether its task is another one for people than before. A task that a person has set to DONE stays so, however its last
  /// attempt ended.
  public var changesTask: Bool { from.word != taskStatus.word && from != .done }

  /// The failure in a sentence, with what follows; nil where there is nothing to say.
  public var reason: String? { FailureText.ending(cause, message: message, followUp) }
}
