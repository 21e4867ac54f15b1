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

/// Why an attempt was its task's last one in its run.
public enum LastAttempt: Hashable, Codable, Sendable {
  /// All of this many attempts have failed.
  case attemptsUsed(Int)
  /// Another attempt would fail in the same way.
  case certainToFail
  /// The exit code is one of `no_retry_exit_codes`.
  case exitCodeNotRetried(Int)
  /// The exit code is none of `retry_exit_codes`, which are these.
  case onlyRetried([Int])
  /// The cluster has failed this often.
  case infrastructureFailures(Int)
  /// Somebody cancelled it.
  case cancelled
  /// No queue takes it with more of this resource; why.
  case noRoom(for: ScalableResource, why: String)
  /// The cluster rejects it. The outcome's message says why.
  case rejected

  /// The word of JSON.
  public var word: String {
    switch self {
    case .attemptsUsed: "attempts_used"
    case .certainToFail: "certain_to_fail"
    case .exitCodeNotRetried, .onlyRetried: "exit_code_not_retried"
    case .infrastructureFailures: "infrastructure_failures"
    case .cancelled: "cancelled"
    case .noRoom: "no_room"
    case .rejected: "rejected"
    }
  }

  /// For people, to be put behind the failure itself; nil where that says it all.
  public var words: String? {
    switch self {
    case .attemptsUsed(1): "the only attempt"
    case .attemptsUsed(let count): "the last of \(count) attempts"
    case .certainToFail: "not tried again, because another attempt would fail in the same way"
    case .exitCodeNotRetried(let code): "exit code \(code) is not retried"
    case .onlyRetried(let codes):
      "only exit codes \(codes.map(String.init).joined(separator: ", ")) are retried"
    case .infrastructureFailures(let count): "\(count) infrastructure failures"
    case .cancelled: "a task that somebody cancels is not retried"
    case .noRoom(let resource, let why): "with more \(resource.rawValue): \(why)"
    case .rejected: nil
    }
  }
}

/// A failure in words: the one place that makes the sentence for listings, events, results and pages.
public enum FailureText {
  /// The cause in words, with what is known beyond it.
  public static func reason(_ cause: Cause, message: String?) -> String {
    let words =
      switch cause {
      case .exit(126): "exit code 126 (the command cannot be executed)"
      case .exit(127): "exit code 127 (the command was not found)"
      case .exit(let code): "exit code \(code)"
      case .signal(let number): "killed by signal \(number)"
      case .memory: "used more memory than it asked for"
      case .runtime: "ran longer than it asked for"
      case .cancelled(let who): "cancelled by \(who)"
      case .interrupted: "ended by jobmon, or with it"
      case .nodeFailure: "its node failed"
      case .preempted: "preempted"
      case .launchFailure: "could not be started"
      case .lost(let state): "lost by the cluster (\(state))"
      }
    return message.map { "\(words): \($0)" } ?? words
  }

  /// Of an attempt that has ended: with what follows where it has failed, else what is known beyond the cause.
  public static func ending(_ cause: Cause, message: String?, _ followUp: FollowUp?) -> String? {
    followUp == nil ? message : reason(cause, message: message, followUp)
  }

  /// The same as ``reason(_:message:)``, with what follows.
  public static func reason(_ cause: Cause, message: String?, _ followUp: FollowUp?) -> String {
    let words = reason(cause, message: message)
    switch followUp {
    case .retryLater(let time): return "\(words); not tried again before \(time.iso8601)"
    case .noFurtherAttempt(let last): return last.words.map { "\(words); \($0)" } ?? words
    case .retry, .retryWithMore, .whenDiskHasRoom, nil: return words
    }
  }
}
