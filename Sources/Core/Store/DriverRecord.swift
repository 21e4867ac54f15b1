import JobmonModel

/// The process that drives a run, with everything needed to determine on the same host whether it is still alive.
public struct DriverRecord: Hashable, Codable, Sendable {
  /// The run's UUID, created by the driver before it requests the lease.
  public var runUUID: String
  /// The host of the process, as named by uname(2).
  public var host: String
  /// The process id, in the namespace ``pidNamespace``.
  public var pid: Int32
  /// When the process started, in clock ticks since boot (/proc/PID/stat, field 22).
  public var processStart: Int64
  /// The id of the host's boot, from /proc/sys/kernel/random/boot_id.
  public var bootID: String
  /// The pid namespace, from /proc/self/ns/pid.
  public var pidNamespace: String
  /// The real user id of the process.
  public var uid: UInt32
  /// The name of that user (``CurrentUser/name``).
  public var user: String
  /// The cluster with which the run was started.
  public var cluster: String
  /// Whether the cluster was given for all tasks (`-c`). If not, the settings of each task decide. nil in rows of older
  /// versions.
  public var clusterWasGiven: Bool?
  /// The folder of the run's log files.
  public var logs: String
  /// The kind of resume with which the run began; nil if it is not a resume.
  public var resume: WorkflowRunStatus?

  /// A record of a process that is about to request a lease.
  public init(
    runUUID: String, host: String, pid: Int32, processStart: Int64, bootID: String, pidNamespace: String,
    uid: UInt32,
    user: String, cluster: String, clusterWasGiven: Bool? = nil, logs: String, resume: WorkflowRunStatus?
  ) {
    self.runUUID = runUUID
    self.host = host
    self.pid = pid
    self.processStart = processStart
    self.bootID = bootID
    self.pidNamespace = pidNamespace
    self.uid = uid
    self.user = user
    self.cluster = cluster
    self.clusterWasGiven = clusterWasGiven
    self.logs = logs
    self.resume = resume
  }
}
