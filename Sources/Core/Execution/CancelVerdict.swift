/// What became of a request to end an instance.
public enum CancelVerdict: String, Codable, Sendable {
  /// It is being ended, and its `ended` will come.
  case requested
  /// There is nothing to end, or the instance is not known.
  case alreadyEnded
  /// It could not be ended, and still runs or waits.
  case failed
}
