import JobmonModel

/// The result of ``SQLiteStore/rerun(_:after:by:)``.
public enum RerunOutcome: Sendable {
  /// No run is live. This number of tasks was reset; the workflow can be resumed.
  case reset(Int)
  /// A run is live. The request with this id was stored for it.
  case requested(Int64, LeaseHolder)
}

/// How a live run has answered a ``RerunRequest``.
public enum RerunAnswer: Sendable {
  /// The run has not answered yet.
  case open
  /// The run has reset this number of tasks.
  case accepted(Int)
  /// The run has ended, or its driver has died, without an answer. Nothing has changed, and nothing will.
  case unanswered
}
