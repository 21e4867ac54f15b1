import JobmonCore
import WorkerProtocol

/// A worker's report, and when it was found (monotonic milliseconds).
struct HeldReport: Hashable, Sendable {
  var report: BatchReport
  /// The start of the job that the report is about.
  var start: Int
  /// Whether the working directory exists on this machine.
  var hasDirectory = true
  var at: Int64
}
