/// The level of a cluster's log line. All lines are written to `run.log`.
public enum LogLevel: String, Codable, Sendable {
  /// For developers of the backend; shown only with `-v`.
  case debug
  /// Shown only with `-v`.
  case info
  /// A person may have to check it; always shown.
  case warning
  /// Something failed; always shown.
  case error
}
