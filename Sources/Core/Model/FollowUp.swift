/// What follows a failed attempt.
public enum FollowUp: Hashable, Codable, Sendable {
  /// The task is tried again as soon as there is a free slot.
  case retry
  /// It is tried again, but not before this time: the failure was the cluster's.
  case retryLater(notBefore: Timestamp)
  /// It is tried again with more of the resource that ran out.
  case retryWithMore(ScalableResource)
  /// It is tried again, and nothing is counted, as soon as the disk of its log files has room.
  case whenDiskHasRoom
  /// There is no further attempt.
  case noFurtherAttempt(LastAttempt)

  /// Whether another attempt follows that counts as a retry.
  public var isRetry: Bool {
    switch self {
    case .retry, .retryLater, .retryWithMore: true
    case .whenDiskHasRoom, .noFurtherAttempt: false
    }
  }

  /// When the next attempt may start at the earliest; nil where nothing delays it.
  public var notBefore: Timestamp? {
    if case .retryLater(let time) = self { time } else { nil }
  }

  /// Why there is no further attempt; nil where there is one.
  public var lastAttempt: LastAttempt? {
    if case .noFurtherAttempt(let why) = self { why } else { nil }
  }
}
