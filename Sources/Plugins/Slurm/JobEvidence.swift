import JobmonCore
import WorkerProtocol

/// What the batch's folder contains about a task.
struct JobEvidence: Hashable, Sendable {
  /// nil if no claim was tried.
  var claim: BatchFiles.Claim?
  var report: BatchReport?
  /// Whether the working directory exists on this machine.
  var hasDirectory = true
  /// The last line of the batch's log.
  var lastWords: String?
  /// When the folder was read.
  var at = Timestamp.now
}
