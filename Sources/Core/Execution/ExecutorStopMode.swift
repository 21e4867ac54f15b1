/// What becomes of jobs when the driver leaves.
public enum ExecutorStopMode: String, Codable, Sendable {
  /// Leave jobs that outlive the driver running; a later `recover` finds them.
  case leaveRunning
  /// End everything that was submitted, and wait until it is gone.
  case cancelAll
}
