import JobmonCore
import WorkerProtocol

/// The options and limits that decide how tasks are judged. Times in milliseconds.
struct JobRules: Hashable, Sendable {
  /// nil: a task may be pending for ever.
  var longestPending: Int64?
  /// How long a task may be absent before it is lost.
  var absence: Int64 = 600_000
  /// A worker that has left no sign of life in its claim for so many seconds, and that Slurm does not know, is dead.
  var claimAge = 300.0
  /// The same for a worker on a node that Slurm has given up.
  var silence = 120.0
  /// How long a report may take to show after a job has completed.
  var reportDelay: Int64 = 60_000
  var memoryKillIsFailure = true
  /// What the task has asked for, in bytes.
  var memory: Int64?
  var hasAccounting = false

  /// For how long a record says that a job is completing before it is believed to be over.
  static let longestCompleting: Int64 = 300_000
  /// How long the cluster may take to say why it has ended a command.
  static let reasonDelay: Int64 = 60_000
}

extension JobRules {
  private static let claimAge = 300.0

  init(_ options: SlurmOptions, _ limits: SlurmLimits) {
    longestPending = options.longestPending.map { Int64($0 * 1000) }
    absence = Int64((options.lostAfter ?? max(2 * limits.minJobAge, 300)) * 1000)
    claimAge = options.lostAfter.map { max($0, options.silence) } ?? Self.claimAge
    silence = options.silence
    reportDelay = Int64(options.reportDelay * 1000)
    memoryKillIsFailure = options.memoryKillIsFailure
    hasAccounting = limits.hasAccounting
  }
}
