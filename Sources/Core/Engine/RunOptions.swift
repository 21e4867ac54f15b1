import Foundation
import JobmonFormat
import JobmonModel
import JobmonStore
import OSText

/// How a run is to behave: the options of `jobmon run` and `workflow_resume`, and the `engine.*` and `heartbeat.*`
/// settings.
public struct RunOptions: Sendable {
  /// Overrides every level's cluster.
  public var cluster: String?
  /// Continue an unfinished workflow.
  public var resume = false
  /// On resume, ask a live run to hand over; else a live run refuses this one.
  public var takesOver = true
  /// What is done with a workflow whose tasks have changed since it was stored.
  public var changes = ChangePolicy.refuse
  /// Asks a person whether the changes may be accepted, with the plan; nil: the plan is a notice.
  public var confirmChanges: (@Sendable (String) -> Bool)?
  /// The project has moved to another folder, or was renamed: its workflow is continued all the same.
  public var here = false
  /// Run tasks again that are DONE and have other op_args now, with all tasks downstream of them.
  public var rerunChanged = false
  /// Cold: end what still runs and run it again; else take it over where the cluster can.
  public var resetRunningJobs = false
  /// Start nothing new after the first fatal task.
  public var failFast = false
  /// Start nothing new after so many seconds.
  public var secondsUntilTimeout: Double?
  /// When the resume was asked for: a run that began later is not asked to let go, so that of two resumes one wins.
  /// nil: when the runner is called.
  public var requestedAt: Timestamp?
  /// Seconds to wait for an earlier run to let go.
  public var resumeTimeout: Double = 180
  /// Overrides the workflow's limit.
  public var maxConcurrentlyRunning: Int?
  /// Overrides every level's attempts.
  public var maxAttempts: Int?
  /// What becomes of running tasks on an interrupt; nil: local ones are cancelled, others left.
  public var onInterrupt: InterruptPolicy?
  /// On resume, do not scale what ran out of a resource.
  public var useOriginalResources = false
  /// Clip requests beyond this machine's memory instead of refusing them.
  public var oversubscribe = false
  /// Tell people everything that clusters say, not only their warnings.
  public var isVerbose = false
  /// Folder of the log files.
  public var logs: String
  /// Seconds between beats.
  public var heartbeatInterval: Double = 30
  /// Seconds without a beat after which a run on another host counts as dead.
  public var heartbeatDeadAfter: Double = 93
  /// Attempts for infrastructure failures.
  public var infrastructureAttempts = 10
  /// Seconds before the first attempt after an infrastructure failure; doubles with each.
  public var backoffFirst: Double = 1
  /// The longest back-off, in seconds.
  public var backoffMax: Double = 300
  /// Seconds between TERM and KILL.
  public var killGrace: Double = 10
  /// Where commands run, if the workflow does not say: the driver's own folder.
  public var workingDirectory: String
  /// What commands inherit: `NAME=value`, as `OSText`, as are all paths.
  public var environment: [String]

  /// What becomes of running tasks on an interrupt.
  public enum InterruptPolicy: String, CaseIterable, Codable, Sendable {
    /// Tasks on clusters that outlive the driver go on; all others end with the driver.
    case leave
    /// All running tasks are ended.
    case cancel
  }

  /// Makes options with the defaults above. Paths are absolute.
  public init(logs: String, workingDirectory: String, environment: [String]) {
    self.logs = logs
    self.workingDirectory = workingDirectory
    self.environment = environment
  }

  /// What a configuration says, for commands that run in this process's folder and environment.
  ///
  /// - Parameter given: goes over `logs.directory`; relative to the current folder.
  public init(_ configuration: Configuration, logs given: String? = nil) {
    let folder = OSFile.currentFolder
    self.init(
      logs: given.map { WorkflowFile.absolute($0, in: folder) } ?? configuration.path("logs.directory"),
      workingDirectory: folder,
      environment: OSText.environment)
    configuration.apply(to: &self)
  }
}

extension Configuration {
  /// Puts the `heartbeat.*` and `engine.*` settings into a run's options.
  func apply(to options: inout RunOptions) {
    options.heartbeatInterval = seconds("heartbeat.interval")
    options.heartbeatDeadAfter = seconds("heartbeat.dead_after")
    options.infrastructureAttempts = integer("engine.infrastructure_attempts")
    options.backoffFirst = seconds("engine.backoff_first")
    options.backoffMax = seconds("engine.backoff_max")
    options.killGrace = seconds("engine.kill_grace")
  }
}
