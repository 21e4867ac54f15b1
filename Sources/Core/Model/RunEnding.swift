/// Why a run is over.
public enum RunEnding: Hashable, Codable, Sendable {
  /// Nothing is left to do: all tasks are done, or the rest cannot be.
  case exhausted
  /// A task became FATAL, and the run was to stop then.
  case failFast
  /// The seconds that the run was given were over.
  case timeout
  /// By a signal.
  case interrupted
  /// A person asked for it; who.
  case stopped(by: String)
  /// A resume has taken the workflow over: its run's UUID.
  case takenOver(by: String)

  /// For people; nil where a run has simply come to the end of its work.
  public var words: String? {
    switch self {
    case .exhausted: nil
    case .failFast: "stopped after the first fatal task"
    case .timeout: "the time limit of the run was reached"
    case .interrupted: "interrupted"
    case .stopped(let who): "stopped by \(who)"
    case .takenOver(let by): "another jobmon has taken over: run \(by)"
    }
  }
}
