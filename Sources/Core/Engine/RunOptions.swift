import Foundation
import JobmonFormat
import JobmonModel
import JobmonStore
import OSText

/// The behaviour of a run: the options of `jobmon run` and `workflow_resume`, and the `engine.*` and `heartbeat.*`
/// settings.
public struct RunOptions: Sendable {
  /// Overrides the cluster of every level.
  public var cluster: String?
  /// Continue an unfinished workflow.
  public var resume = false
  /// On resume, ask a live run to hand over; otherwise a live run causes a refusal.
  public var takesOver = true
  /// What to do with a workflow whose tasks have changed since it was stored.
  public var changes = ChangePolicy.refuse
  /// Asks the user to accept the changes, given the plan; nil: the plan is shown as a notice.
  public var confirmChanges: (@Sendable (String) -> Bool)?
  /// Continue the workflow although the project was moved to another folder, or renamed.
  public var here = false
  /// Rerun DONE tasks whose op_args have changed, with all tasks downstream of them.
  public var rerunChanged = false
  /// Cold: cancel running jobs and rerun them. Otherwise adopt them if the cluster supports that.
  public var resetRunningJobs = false
  /// Start nothing new after the first task has failed permanently.
  public var failFast = false
  /// Start nothing new after this many seconds.
  public var secondsUntilTimeout: Double?
  /// When the resume was requested. A run that began later is not asked to hand over, so of two resumes exactly one
  /// wins. nil means the time at which the runner is called.
  public var requestedAt: Timestamp?
  /// Seconds to wait for the running driver to hand over.
  public var resumeTimeout: Double = 180
  /// Overrides the workflow's limit.
  public var maxConcurrentlyRunning: Int?
  /// Overrides the maximum number of attempts of every level.
  public var maxAttempts: Int?
  /// What happens to running tasks on an interrupt; nil: local ones are cancelled, others are left.
  public var onInterrupt: InterruptPolicy?
  /// On resume, keep the original requests; do not scale resources that ran out.
  public var useOriginalResources = false
  /// Reduce requests that exceed this machine's memory, instead of refusing them.
  public var oversubscribe = false
  /// Show all messages of clusters, not only warnings.
  public var isVerbose = false
  /// Folder of the log files.
  public var logs: String
  /// Seconds between heartbeats.
  public var heartbeatInterval: Double = 30
  /// Seconds without a heartbeat after which a run on another host is considered dead.
  public var heartbeatDeadAfter: Double = 93
  /// Maximum number of attempts for infrastructure failures.
  public var infrastructureAttempts = 10
  /// Pause after the first infrastructure failure, in seconds; doubles with each further one.
  public var backoffFirst: Double = 1
  /// The longest pause after an infrastructure failure, in seconds.
  public var backoffMax: Double = 300
  /// Seconds between TERM and KILL.
  public var killGrace: Double = 10
  /// The commands' working directory if the workflow gives none: the driver's own folder.
  public var workingDirectory: String
  /// The commands' environment: `NAME=value`, as `OSText`, as are all paths.
  public var environment: [String]

  /// What happens to running tasks on an interrupt.
  public enum InterruptPolicy: String, CaseIterable, Codable, Sendable {
    /// Tasks on clusters that outlive the driver continue; all others end with the driver.
    case leave
    /// All running tasks are cancelled.
    case cancel
  }

  /// Creates options with the defaults above. Paths are absolute.
  public init(logs: String, workingDirectory: String, environment: [String]) {
    self.logs = logs
    self.workingDirectory = workingDirectory
    self.environment = environment
  }

  /// Creates options from a configuration, for commands in this process's folder and environment.
  ///
  /// - Parameter given: overrides `logs.directory`; relative to the current folder.
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
  /// Applies the `heartbeat.*` and `engine.*` settings to a run's options.
  func apply(to options: inout RunOptions) {
    options.heartbeatInterval = seconds("heartbeat.interval")
    options.heartbeatDeadAfter = seconds("heartbeat.dead_after")
    options.infrastructureAttempts = integer("engine.infrastructure_attempts")
    options.backoffFirst = seconds("engine.backoff_first")
    options.backoffMax = seconds("engine.backoff_max")
    options.killGrace = seconds("engine.kill_grace")
  }
}
