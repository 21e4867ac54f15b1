/// What happens to jobs when the driver exits.
public enum ExecutorStopMode: String, Codable, Sendable {
  /// Leave jobs running that outlive the driver. A later `recover` finds them.
  case leaveRunning
  /// Cancel everything that was submitted, and wait until it has ended.
  case cancelAll
}
