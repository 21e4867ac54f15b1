import JobmonCore
import WorkerProtocol

/// The options and limits that decide how the state of tasks is judged. Times are in milliseconds unless noted.
struct JobRules: Hashable, Sendable {
  /// Maximum time in the queue; nil for no limit.
  var longestPending: Int64?
  /// How long a task may be absent before it counts as lost.
  var absence: Int64 = 600_000
  /// A worker of a job that Slurm does not know counts as dead if its claim is older than this many seconds.
  var claimAge = 300.0
  /// The same limit for a worker on a failed node, in seconds.
  var silence = 120.0
  /// The maximum delay of a report after a job has completed.
  var reportDelay: Int64 = 60_000
  var memoryKillIsFailure = true
  /// The requested memory in bytes.
  var memory: Int64?
  var hasAccounting = false

  /// How long a record may show a job as completing before the job counts as over.
  static let longestCompleting: Int64 = 300_000
  /// How long to wait for the cluster's reason after it has ended a command.
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
