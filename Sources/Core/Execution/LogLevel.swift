/// How serious a line of a cluster is. All lines go to `run.log`.
public enum LogLevel: String, Codable, Sendable {
  /// For developers of the backend; shown with `-v` only.
  case debug
  /// Shown with `-v` only.
  case info
  /// Something that a person may have to look at; always shown.
  case warning
  /// Something that did not work; always shown.
  case error
}
