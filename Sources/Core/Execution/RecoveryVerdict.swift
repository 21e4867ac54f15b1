import JobmonModel

/// What became of an instance of an earlier driver, or an earlier plugin process.
public enum RecoveryVerdict: Hashable, Codable, Sendable {
  /// It runs: where, and since when by the wall clock, as far as the backend knows.
  case running(node: String?, started: Timestamp?)
  /// It is queued; its `started` and `ended` are still to come.
  case pending
  /// It has ended; no further `ended` follows.
  case ended(Outcome)
  /// Certainly does not run and will not start.
  case absent
}
