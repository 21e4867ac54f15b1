import Foundation
import JobmonCore

/// The options of a Slurm cluster, from the registry.
struct SlurmOptions: Sendable {
  /// The folder of batches and of the worker; it must have the same path on the nodes.
  var scratch = HomeFolder.path + "/.jobmon/scratch"
  /// How Slurm is accessed; nil for by libslurm if it can be loaded, else by commands.
  var access: SlurmAccess?
  /// The worker program, if it is not beside this program.
  var worker: String?
  /// Maximum number of submitted instances; nil for the controller's MaxJobCount.
  var maxOutstanding: Int?
  /// How many seconds before the time limit a command gets USR2; 0 for never.
  var warning: Int64 = 60
  /// Whether Slurm may requeue a job by itself (after preemption or the loss of a node).
  var requeue = false
  /// Whether a command that exits with 0 counts as failed if the kernel killed one of its processes for memory.
  var memoryKillIsFailure = true
  /// Seconds that an instance may be pending before it is cancelled and fails; nil for no limit.
  var longestPending: Double?
  /// Seconds of continuous absence, while the controller answers, after which an instance without a report is lost; nil
  /// for twice MinJobAge, but at least 5 minutes.
  var lostAfter: Double?
  /// Seconds without a touched claim after which a worker on a failed node counts as dead. The worker touches its claim
  /// every 20 s; the file system may show this one minute late.
  var silence = 120.0
  /// Maximum delay, in seconds, until a report shows on the shared file system after a job has completed.
  var reportDelay = 60.0
  /// Maximum duration of a start in seconds, from reading the configuration to the controller's answer.
  static let startTimeout = 8.0
  /// Attributes of all jobs, by the long names of sbatch(1). A request overrides them.
  var attributes: [String: String] = [:]

  /// - Throws: ``ExecutorError`` naming the invalid option.
  init(_ options: [String: JSONValue], cluster: String, attributes known: [String]) throws {
    try ClusterOption.check(options, against: Self.declared(known), cluster: cluster)
    func text(_ name: String) -> String? {
      switch options[name] {
      case .string(let text)?: text
      case .integer(let number)?: "\(number)"
      case .number(let number)?: "\(number)"
      case .bool(let flag)?: "\(flag)"
      default: nil
      }
    }
    func seconds(_ name: String) -> Double? { options[name]?.seconds.map(Double.init) }
    if let value = text("scratch") { scratch = value }
    if let word = text("access"), word != "auto" {
      guard let known = SlurmAccess(rawValue: word) else {
        throw ClusterOption.wrong(
          "access", of: cluster, mustBe: "auto, library or commands", not: options["access"])
      }
      access = known
    }
    worker = text("worker")
    if let number = text("max_outstanding").flatMap({ Int($0) }) {
      guard number >= 1 else {
        throw ClusterOption.wrong(
          "max_outstanding", of: cluster, mustBe: "a number of tasks, 1 or more",
          not: options["max_outstanding"])
      }
      maxOutstanding = number
    }
    if let value = seconds("warning") { warning = Int64(value) }
    requeue = text("requeue") == "true"
    longestPending = seconds("longest_pending")
    lostAfter = seconds("lost_after")
    if let value = seconds("silence") { silence = value }
    if let value = seconds("report_delay") { reportDelay = value }
    memoryKillIsFailure = text("memory_kill_is_failure") != "false"
    // The older name of the option.
    switch text("memory_kills") {
    case nil: break
    case "fail", "tolerate":
      guard text("memory_kill_is_failure") == nil else {
        throw ExecutorError(
          "cluster '\(cluster)' has both the option 'memory_kill_is_failure' and its older name 'memory_kills': remove the latter"
        )
      }
      memoryKillIsFailure = text("memory_kills") == "fail"
    default:
      throw ExecutorError("option 'memory_kills' of cluster '\(cluster)' must be fail or tolerate")
    }
    for name in known + Self.own where text(name) != nil { attributes[name] = text(name) }
    guard scratch.hasPrefix("/") else {
      throw ExecutorError(
        "option 'scratch' of cluster '\(cluster)' must be an absolute path that all nodes see, not \(scratch)"
      )
    }
  }

  /// Attributes for which a request has its own keys.
  private static let own = ["partition", "account", "constraint"]

  static func declared(_ attributes: [String]) -> [ClusterOption] {
    [
      ClusterOption("scratch", .text, "folder for batches, with the same path on all nodes"),
      ClusterOption(
        "access", .text,
        "library (libslurm), commands (sbatch, squeue, ...), or auto: the library if it can be loaded"),
      ClusterOption("worker", .text, "the program jobmon-worker (default: beside jobmon-slurm)"),
      ClusterOption("max_outstanding", .integer, "maximum number of submitted tasks"),
      ClusterOption("warning", .time, "time before the time limit at which a command gets USR2 (0 = never)"),
      ClusterOption("requeue", .boolean, "whether Slurm may requeue jobs"),
      ClusterOption(
        "memory_kill_is_failure", .boolean,
        "whether exit code 0 is a failure if a process of the command was killed for memory"),
      ClusterOption(
        "memory_kills", .text,
        "the older name of memory_kill_is_failure: fail (true) or tolerate (false)"),
      ClusterOption("longest_pending", .time, "maximum time in the queue before a task fails"),
      ClusterOption("lost_after", .time, "time after which a job that Slurm does not know is lost"),
      ClusterOption(
        "silence", .time, "time without heartbeat after which a worker on a failed node is dead"),
      ClusterOption("report_delay", .time, "maximum delay of reports on the shared file system"),
    ] + (own + attributes).map { ClusterOption($0, .any, "for all jobs, as --\($0) of sbatch(1)") }
  }
}
