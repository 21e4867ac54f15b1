/// What follows a failed attempt.
public enum FollowUp: Hashable, Codable, Sendable {
  /// The task is retried when a slot is free.
  case retry
  /// The task is retried, but not before this time, because the cluster caused the failure.
  case retryLater(notBefore: Timestamp)
  /// The task is retried with more of the resource that ran out.
  case retryWithMore(ScalableResource)
  /// The task is retried when the disk of its log files has room. The attempt is not counted.
  case whenDiskHasRoom
  /// There is no further attempt.
  case noFurtherAttempt(LastAttempt)

  /// Whether another attempt follows and counts as a retry.
  public var isRetry: Bool {
    switch self {
    case .retry, .retryLater, .retryWithMore: true
    case .whenDiskHasRoom, .noFurtherAttempt: false
    }
  }

  /// The earliest start of the next attempt; nil if it is not delayed.
  public var notBefore: Timestamp? {
    if case .retryLater(let time) = self { time } else { nil }
  }

  /// Why there is no further attempt; nil if there is one.
  public var lastAttempt: LastAttempt? {
    if case .noFurtherAttempt(let why) = self { why } else { nil }
  }
}
