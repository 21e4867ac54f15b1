import JobmonModel

/// The state of an instance that an earlier driver, or an earlier plugin process, submitted.
public enum RecoveryVerdict: Hashable, Codable, Sendable {
  /// It is running: on which node, and since when by the wall clock; nil if unknown.
  case running(node: String?, started: Timestamp?)
  /// It is queued; its `started` and `ended` will follow.
  case pending
  /// It has ended; no other `ended` follows.
  case ended(Outcome)
  /// It certainly is not running and will not start.
  case absent
}
