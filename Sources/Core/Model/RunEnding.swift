/// Why a run ended.
public enum RunEnding: Hashable, Codable, Sendable {
  /// Nothing is left to do: all tasks are done, or the remaining ones cannot run.
  case exhausted
  /// A task became FATAL in a fail-fast run.
  case failFast
  /// The time limit of the run was reached.
  case timeout
  /// Interrupted by a signal.
  case interrupted
  /// Stopped by a person; by whom.
  case stopped(by: String)
  /// A resume took over the workflow; the UUID of its run.
  case takenOver(by: String)

  /// Text for output; nil if the run ended normally.
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
