import JobmonCore

/// What the executor needs of a Slurm controller. One thread calls it; a call may take as long as Slurm lets it.
public protocol SlurmController: Sendable {
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
public struct SlurmError: Error, CustomStringConvertible, Sendable {
  public enum Meaning: Sendable {
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

  public var meaning: Meaning
  public var description: String

  public init(_ meaning: Meaning, _ description: String) {
    self.meaning = meaning
    self.description = description
  }
}

/// What the controller's configuration says. Times in seconds.
public struct SlurmLimits: Sendable {
  public var cluster = ""
  public var version = ""
  public var maxArraySize = 1001
  public var maxArrayTasks: Int?
  public var maxJobCount = 10_000
  public var minJobAge = 300.0
  public var killWait = 30.0
  public var messageTimeout = 10.0
  /// Whether there are accounts.
  public var hasAccounting = false

  public init() {}

  /// The most members that an array of ours may have.
  var maxBatch: Int { max(1, min(maxArraySize, maxArrayTasks ?? .max, 10_000)) }
}

/// An array of jobs.
public struct SlurmSubmission: Sendable {
  public var name: String
  public var comment: String
  public var script: String
  public var directory: String
  /// The file that what the script writes is appended to.
  public var output: String
  /// As in `0-9,12`.
  public var array: String
  public var environment: [String]
  public var partition: String?
  public var account: String?
  public var constraints: String?
  public var cores: Int
  /// MiB.
  public var memory: Int64?
  public var minutes: Int64?
  /// Seconds before the end of the time at which the script gets USR2; 0: never.
  public var warning: Int64
  public var requeue: Bool
  /// By their long names of sbatch(1).
  public var attributes: [String: String]
}

public struct SlurmReceipt: Sendable {
  public var job: UInt32
  /// What a plugin of the site had to say.
  public var message: String

  public init(job: UInt32, message: String) {
    self.job = job
    self.message = message
  }
}

/// A record of the controller: one job, or all pending members of an array.
public struct SlurmJob: Sendable {
  public enum Tasks: Sendable {
    case one(Int)
    case pending(Set<Int>)
  }

  /// The array's id, or the job's own where it is in none.
  public var array: UInt32
  public var tasks: Tasks
  /// Base state and flags.
  public var state: UInt32
  public var restarts: Int
  /// As of wait(2).
  public var exitStatus: UInt32
  /// Seconds since 1970; 0: not yet.
  public var started: Int64
  public var ended: Int64
  public var name: String
  public var node: String
  public var reason: String
  /// What it used, where the accounts say so.
  public var usage: ResourceUsage?

  public init(
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
