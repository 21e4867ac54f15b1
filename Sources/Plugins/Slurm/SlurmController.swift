import JobmonCore

/// What the executor needs of a Slurm controller. One thread calls it; a call may take as long as Slurm lets it.
package protocol SlurmController: Sendable {
  /// Reads the configuration: the first call.
  func connect()
  func limits() throws(SlurmError) -> SlurmLimits
  /// The partitions, with what their largest node has.
  func queues() throws(SlurmError) -> [ClusterQueue]
  func submit(_ submission: SlurmSubmission) throws(SlurmError) -> SlurmReceipt
  /// All records of this user.
  func jobs() throws(SlurmError) -> [SlurmJob]
  /// What the accounts have of these jobs and arrays since a time (seconds since 1970).
  func accounts(of jobs: [UInt32], since: Int64) throws(SlurmError) -> [SlurmJob]
  /// Ends `12`, `12_7` or `12_[1,3-5]`.
  func cancel(_ jobs: String) throws(SlurmError)
  /// A state in Slurm's words.
  func text(ofState state: UInt32) -> String
}

/// Why a call failed, and what that means for a submission.
package struct SlurmError: Error, CustomStringConvertible, Sendable {
  package enum Meaning: Sendable {
    /// It will never be accepted.
    case permanent
    /// The controller is away or busy: certainly not accepted now.
    case temporary
    /// The controller has no room for so many jobs.
    case full
    /// A limit of the account on the number or size of jobs: the request alone may be over it.
    case limit
    /// No answer: it may have been accepted.
    case unknown
  }

  package var meaning: Meaning
  package var description: String

  package init(_ meaning: Meaning, _ description: String) {
    self.meaning = meaning
    self.description = description
  }
}

/// What the controller's configuration says (slurm.conf(5), whose defaults the numbers here are). Times in seconds.
package struct SlurmLimits: Sendable {
  package var cluster = ""
  package var version = ""
  package var maxArraySize = 1001
  /// `max_array_tasks` of SchedulerParameters; nil where it is not set.
  package var maxArrayTasks: Int?
  package var maxJobCount = 10_000
  /// How long the controller keeps the record of a job that has ended.
  package var minJobAge = 300.0
  /// From SIGTERM to SIGKILL.
  package var killWait = 30.0
  /// How long a call waits for an answer.
  package var messageTimeout = 10.0
  /// Whether there are accounts.
  package var hasAccounting = false

  package init() {}

  /// The most members that an array of ours may have.
  var maxBatch: Int { max(1, min(maxArraySize, maxArrayTasks ?? .max, 10_000)) }
}

/// An array of jobs.
package struct SlurmSubmission: Sendable {
  package var name: String
  package var comment: String
  package var script: String
  /// The job's working directory.
  package var directory: String
  /// The file that what the script writes is appended to.
  package var output: String
  /// As in `0-9,12`.
  package var array: String
  package var environment: [String]
  package var partition: String?
  package var account: String?
  package var constraints: String?
  package var cores: Int
  /// MiB.
  package var memory: Int64?
  /// The time limit; nil is the partition's.
  package var minutes: Int64?
  /// Seconds before the end of the time at which the script gets USR2; 0: never.
  package var warning: Int64
  package var requeue: Bool
  /// By their long names of sbatch(1).
  package var attributes: [String: String]
}

/// The controller's answer to a submission that it has accepted.
package struct SlurmReceipt: Sendable {
  /// The id of the array.
  package var job: UInt32
  /// What a plugin of the site had to say.
  package var message: String

  package init(job: UInt32, message: String) {
    self.job = job
    self.message = message
  }
}

/// A record of the controller: one job, or all pending members of an array.
package struct SlurmJob: Sendable {
  package enum Tasks: Sendable {
    /// The job with this index in its array; 0 for a job in no array.
    case one(Int)
    /// These indices of the array, none of which has started.
    case pending(Set<Int>)
  }

  /// The array's id, or the job's own where it is in none.
  package var array: UInt32
  package var tasks: Tasks
  /// Base state and flags.
  package var state: UInt32
  /// How often Slurm has requeued it.
  package var restarts: Int
  /// As of wait(2).
  package var exitStatus: UInt32
  /// Seconds since 1970; 0: not yet.
  package var started: Int64
  /// Seconds since 1970; of a job that runs, when its time limit ends it.
  package var ended: Int64
  package var name: String
  package var node: String
  /// Why it waits or ended, in Slurm's words.
  package var reason: String
  /// What it used, where the accounts say so.
  package var usage: ResourceUsage?

  package init(
    array: UInt32, tasks: Tasks, state: UInt32, restarts: Int = 0, exitStatus: UInt32 = 0, started: Int64 = 0,
    ended: Int64 = 0, name: String, node: String = "", reason: String = ""
  ) {
    self.array = array
    self.tasks = tasks
    self.state = state
    self.restarts = restarts
    self.exitStatus = exitStatus
    self.started = started
    self.ended = ended
    self.name = name
    self.node = node
    self.reason = reason
  }
}
