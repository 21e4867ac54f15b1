import JobmonModel

/// What has become of a rerun.
public enum RerunOutcome: Sendable {
  /// No run is live: so many tasks were set back, and the workflow can be resumed.
  case setBack(Int)
  /// A run is live and was asked to take it up; the wish's id.
  case asked(Int64, LeaseHolder)
}

/// What has become of a wish.
public enum RerunAnswer: Sendable {
  /// The run has not answered yet.
  case open
  /// The run has set back so many tasks.
  case takenUp(Int)
  /// The run has ended, or its driver has died, without an answer: nothing was changed, and nothing will be.
  case unanswered
}
