import JobmonCore
import WorkerProtocol

/// What the batch's folder has on a task.
struct JobEvidence: Hashable, Sendable {
  /// nil: nobody tried to claim it.
  var claim: BatchFiles.Claim?
  var report: BatchReport?
  /// Whether this machine has the working directory.
  var hasDirectory = true
  /// The last line that was written in the batch's log.
  var lastWords: String?
  /// When it was read.
  var at = Timestamp.now
}
