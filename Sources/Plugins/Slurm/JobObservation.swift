import JobmonCore
import WorkerProtocol

/// What can be learnt of a task. Times are monotonic milliseconds.
enum JobObservation: Hashable, Sendable {
  /// The controller shows it.
  case shown(JobRecord, at: Int64)
  /// The controller answers, and does not show it.
  case notShown(at: Int64)
  /// The controller does not answer: absence is counted anew.
  case unanswered
  /// What the accounts have of it. They lag behind: only an end counts.
  case accounts(JobRecord, at: Int64)
  /// The core asks for its end.
  case cancel
  /// A worker's report was found.
  case reported(HeldReport)
  /// Time has passed.
  case time(Int64)
  /// What the batch's folder has on a question.
  case evidence(JobQuestion, JobEvidence)
  /// The core has stored its end.
  case acknowledged
}

/// What has to be looked up in the batch's folder before more can be said of a task.
struct JobQuestion: Hashable, Sendable {
  enum Subject: Hashable, Sendable {
    /// It is to end: has it started?
    case cancelled
    /// It is pending for longer than the option `longest_pending` (seconds) allows.
    case pendingTooLong(Double)
    /// It is over, by this record.
    ///
    /// - isLate: its report has had the time that reports may take.
    /// - claims: a task that has not been claimed by now is claimed for good.
    case over(JobRecord, isLate: Bool, claims: Bool)
    /// The controller does not show it. isOverdue: for so long that it is lost.
    case absent(isOverdue: Bool)
  }

  var subject: Subject
  /// When it arose (monotonic milliseconds).
  var at: Int64
}

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

/// What follows from an observation.
enum JobEffect: Hashable, Sendable {
  case started(node: String, at: Timestamp?)
  case waiting(reason: String)
  case ended(Outcome)
  case recovered(RecoveryVerdict)
  case cancelled(CancelVerdict)
  /// It is to be claimed, so that it cannot start any more.
  case claim
  /// The controller is to end the job.
  case cancelJob
  /// The controller is to be asked soon.
  case askController
  case warning(String)
}

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
