/// Describes failures in words. All listings, events, results and pages use these texts.
public enum FailureText {
  /// The cause in words, followed by the message if there is one.
  public static func reason(_ cause: Cause, message: String?) -> String {
    let words =
      switch cause {
      case .exit(126): "exit code 126 (command cannot be executed)"
      case .exit(127): "exit code 127 (command not found)"
      case .exit(let code): "exit code \(code)"
      case .signal(let number): "killed by signal \(number)"
      case .memory: "exceeded its memory request"
      case .runtime: "exceeded its runtime request"
      case .cancelled(let who): "cancelled by \(who)"
      case .interrupted: "ended by jobmon"
      case .nodeFailure: "its node failed"
      case .preempted: "preempted"
      case .launchFailure: "could not start"
      case .lost(let state): "lost by the cluster (\(state))"
      }
    return message.map { "\(words): \($0)" } ?? words
  }

  /// The text for an attempt that has ended: for a failure, the reason with the follow-up; otherwise the message.
  public static func ending(_ cause: Cause, message: String?, _ followUp: FollowUp?) -> String? {
    followUp == nil ? message : reason(cause, message: message, followUp)
  }

  /// The same as ``reason(_:message:)``, with the follow-up.
  public static func reason(_ cause: Cause, message: String?, _ followUp: FollowUp?) -> String {
    let words = reason(cause, message: message)
    switch followUp {
    case .retryLater(let time): return "\(words); next attempt not before \(time.iso8601)"
    case .noFurtherAttempt(let last): return last.words.map { "\(words); \($0)" } ?? words
    case .retry, .retryWithMore, .whenDiskHasRoom, nil: return words
    }
  }
}
