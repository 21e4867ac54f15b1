import JobmonModel

/// The process that drives a run: everything needed to tell, on the same host, whether it still lives.
public struct DriverRecord: Hashable, Codable, Sendable {
  /// The run's UUID, made by the driver before it asks for the lease.
  public var runUUID: String
  /// The host that the process runs on, by the name that uname(2) gives.
  public var host: String
  /// The process id, in the namespace ``pidNamespace``.
  public var pid: Int32
  /// When the process started, in clock ticks since boot (/proc/PID/stat, field 22).
  public var processStart: Int64
  /// /proc/sys/kernel/random/boot_id.
  public var bootID: String
  /// /proc/self/ns/pid.
  public var pidNamespace: String
  /// The user that the process runs as: real user id.
  public var uid: UInt32
  /// The name of that user, as ``CurrentUser/name`` gives it.
  public var user: String
  /// The cluster that the run was started on.
  public var cluster: String
  /// Whether it was given for all tasks (`-c`); else each task's own levels decide. nil in rows of older versions.
  public var clusterWasGiven: Bool?
  /// The folder of the run's log files.
  public var logs: String
  /// Whether the run began as a resume, and of which kind.
  public var resume: WorkflowRunStatus?

  /// A record of a process that is about to ask for a lease.
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
