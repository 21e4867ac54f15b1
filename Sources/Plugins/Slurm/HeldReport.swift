import JobmonCore
import WorkerProtocol

/// A worker's report, and when it was found (monotonic milliseconds).
struct HeldReport: Hashable, Sendable {
  var report: BatchReport
  /// The start of the job that it is of.
  var start: Int
  /// Whether this machine has the working directory.
  var hasDirectory = true
  var at: Int64
}
