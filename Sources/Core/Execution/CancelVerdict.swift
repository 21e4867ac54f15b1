/// The result of a request to cancel an instance.
public enum CancelVerdict: String, Codable, Sendable {
  /// It is being ended; its `ended` event will follow.
  case requested
  /// It has already ended, or is unknown.
  case alreadyEnded
  /// It could not be ended, and is still running or waiting.
  case failed
}
