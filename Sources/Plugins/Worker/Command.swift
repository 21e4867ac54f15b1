import CLinux
import Glibc
import LinuxProcesses
import WorkerProtocol

/// A command that was started, until nothing of it is left.
final class Command {
  /// How far it is.
  enum Phase: Equatable {
    case running
    /// It has ended; what it left behind is sent TERM at that time, if it has not ended by itself.
    case leaving(terminateAt: Int64)
    /// It, or what it left behind, was sent TERM; KILL follows at that time (monotonic microseconds).
    case terminating(killAt: Int64)
    /// KILL was sent, and is sent again at that time to whatever was missed.
    case killing(againAt: Int64)
  }

  let order: CommandOrder
  /// Its main process, which is also its process group.
  let process: pid_t
  /// Whether it was started without a shell.
  let isPlain: Bool
  /// What it writes to: one file or two.
  let out: LogFile
  let err: LogFile
  let startedWall: Int64
  let started: Int64
  let size: CommandQueues.Size
  /// Microseconds; 0 is no limit.
  let runtimeLimit: Int64
  let cgroup: MemoryCgroup?

  var phase = Phase.running
  /// Microseconds until KILL is sent again: longer and longer, for what cannot be ended (another user's, or stuck in
  /// the kernel).
  var killPause: Int64 = 20_000
  /// Why we ended it, where we did so before it ended by itself.
  var endedBy: CommandEnd?
  /// The wait status and the times of its main process's end.
  var status: Int32?
  var ended: Int64 = 0
  var endedWall: Int64 = 0
  var cpu: Int64 = 0
  var peakMemory: Int64 = 0
  var message = ""
  /// When its log files get their names, where they have none; nil once that was done.
  var nameAt: Int64?
  /// When to look at its memory again; nil where the kernel does, or nobody need.
  var sampleAt: Int64?
  /// Whether a thread waits for its main process (``Server/attend(_:)``).
  var isAttended = false
  /// Its child, until that runs the command.
  private var launch: Launch?

  /// - Parameters:
  ///   - started: before it could do anything, by the clock that does not jump.
  ///   - startedWall: the same, for people.
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
  /// Bytes; 0 is no limit.
  var memoryLimit: Int64 { order.memory }
  var hasEnded: Bool { status != nil }
  var files: [LogFile] { out === err ? [out] : [out, err] }

  /// What its child has become.
  enum Launched {
    /// Nothing yet, or nothing new.
    case not
    case runs
    /// It could not run the command, and has ended.
    case failed(step: clinux_spawn_step, why: Int32)
  }

  func look() -> Launched {
    guard let launch, !launch.isBusy else { return .not }
    if let failure = launch.failure { return .failed(step: failure.step, why: failure.why) }
    self.launch = nil
    return .runs
  }

  /// Whether its child lives in our memory yet.
  var isLaunching: Bool { launch?.isBusy ?? false }

  /// When something has to be done about it though nothing happens (monotonic microseconds).
  var deadline: Int64 {
    let next =
      switch phase {
      case .running: min(runtimeLimit > 0 ? started + runtimeLimit : .max, sampleAt ?? .max)
      case .leaving(let time), .terminating(let time), .killing(let time): time
      }
    return min(next, nameAt ?? .max)
  }

  /// What a wait status says of it. A shell that waits for a command which a signal ends exits with 128 and its number,
  /// and so does a command that was started without one.
  func end(_ status: Int32) -> CommandEnd {
    if clinux_did_exit(status) == 1 { return .exit(Int(clinux_exit_code(status))) }
    let signal = Int(clinux_end_signal(status))
    return isPlain ? .exit(128 + signal) : .signal(signal)
  }
}
