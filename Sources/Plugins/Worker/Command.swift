import CLinux
import Glibc
import LinuxProcesses
import WorkerProtocol

/// A command, from its start until none of its processes is left.
final class Command {
  /// The phase of the command.
  enum Phase: Equatable {
    case running
    /// It has ended. What it left behind gets TERM at that time, unless it has ended by itself.
    case leaving(terminateAt: Int64)
    /// TERM was sent to it, or to what it left behind; KILL follows at that time (monotonic microseconds).
    case terminating(killAt: Int64)
    /// KILL was sent, and is sent again at that time to any process that is left.
    case killing(againAt: Int64)
  }

  let order: CommandOrder
  /// The id of its main process, which is also its process group.
  let process: pid_t
  /// Whether it was started without a shell.
  let isPlain: Bool
  /// The files for standard output and standard error; both can be the same file.
  let out: LogFile
  let err: LogFile
  let startedWall: Int64
  let started: Int64
  let size: CommandQueues.Size
  /// Microseconds; 0 for no limit.
  let runtimeLimit: Int64
  let cgroup: MemoryCgroup?

  var phase = Phase.running
  /// Microseconds until KILL is sent again. It increases, for processes that cannot be ended (another user's, or stuck
  /// in the kernel).
  var killPause: Int64 = 20_000
  /// Why the worker ended it; nil if the worker did not, or if it ended by itself first.
  var endedBy: CommandEnd?
  /// The wait status of its main process, and the times of its end.
  var status: Int32?
  var ended: Int64 = 0
  var endedWall: Int64 = 0
  var cpu: Int64 = 0
  var peakMemory: Int64 = 0
  var message = ""
  /// When its log files get their names; nil if they have them, or if that was done.
  var nameAt: Int64?
  /// When to sample its memory again; nil if the kernel enforces the limit, or if there is none.
  var sampleAt: Int64?
  /// Whether a spawner waits for its main process (``Server/attend(_:)``).
  var isAttended = false
  /// The launch of its child, until the child runs the command.
  private var launch: Launch?

  /// - Parameters:
  ///   - started: a time before the command could do anything, by the monotonic clock.
  ///   - startedWall: the same time by the wall clock.
  init(
    _ order: CommandOrder, _ child: Launcher.Started, cgroup: MemoryCgroup?, started: Int64,
    startedWall: Int64
  ) {
    self.order = order
    launch = child.launch
    process = child.launch.process
    isPlain = child.isPlain
    (out, err) = (child.out, child.err)
    size = order.size
    runtimeLimit = order.runtime * 1000
    self.cgroup = cgroup
    self.startedWall = startedWall
    self.started = started
    if out.unnamed != nil || err.unnamed != nil { nameAt = started + LogFile.patience }
    if memoryLimit > 0, cgroup == nil { sampleAt = started + MemorySampling.near }
  }

  var instance: Int64 { order.instance }
  var token: String { order.token }
  var mark: ProcessMark { ProcessMark(task: order.token) }
  var stdout: String { order.stdout }
  var stderr: String { order.stderr }
  /// Bytes; 0 for no limit.
  var memoryLimit: Int64 { order.memory }
  var hasEnded: Bool { status != nil }
  var files: [LogFile] { out === err ? [out] : [out, err] }

  /// What has become of its child.
  enum Launched {
    /// Nothing new.
    case not
    case runs
    /// It could not run the command and has ended.
    case failed(step: clinux_spawn_step, why: Int32)
  }

  func look() -> Launched {
    guard let launch, !launch.isBusy else { return .not }
    if let failure = launch.failure { return .failed(step: failure.step, why: failure.why) }
    self.launch = nil
    return .runs
  }

  /// Whether its child still shares the memory of this process.
  var isLaunching: Bool { launch?.isBusy ?? false }

  /// When it needs attention even if no event arrives (monotonic microseconds).
  var deadline: Int64 {
    let next =
      switch phase {
      case .running: min(runtimeLimit > 0 ? started + runtimeLimit : .max, sampleAt ?? .max)
      case .leaving(let time), .terminating(let time), .killing(let time): time
      }
    return min(next, nameAt ?? .max)
  }

  /// The end of the command that a wait status means. If a signal ends the command of a shell, the shell exits with 128
  /// plus the signal number. A command that was started without a shell is reported in the same way.
  func end(_ status: Int32) -> CommandEnd {
    if clinux_did_exit(status) == 1 { return .exit(Int(clinux_exit_code(status))) }
    let signal = Int(clinux_end_signal(status))
    return isPlain ? .exit(128 + signal) : .signal(signal)
  }
}
