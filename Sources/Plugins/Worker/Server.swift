import CLinux
import Glibc
import LinuxProcesses
import WorkerProtocol

/// The loop of a worker: frames from the driver, ends of children, deadlines.
class Server {
  /// How long a `started` may wait for company, in microseconds, and when we look whether a child runs its command by now:
  /// most short commands end before, and the driver is woken once for both.
  static let patience: Int64 = 10_000

  /// How long an end may wait for company while more commands wait here than can start until then, in microseconds.
  static let shortPatience: Int64 = 5_000

  /// How long what a command leaves behind may take to end by itself, in microseconds: a `tee` that it wrote through
  /// still has to write its last lines.
  static let courtesy: Int64 = 100_000

  let socket: Int32
  /// A descriptor that is readable when a child has ended, or when we are asked to go.
  private let signals: Int32
  private var incoming = FrameBuffer()
  private var outgoing = ByteWriter()
  /// When what is in `outgoing` has to be sent.
  private var flushAt = Int64.max

  var launcher: Launcher?
  /// Whether commands that need no shell are given one, too.
  var usesShell: Bool { false }
  /// Microseconds between TERM and KILL.
  var grace: Int64 = 10_000_000
  var isStopping = false
  /// Commands of which something is left, by instance; and those whose main process runs, by that.
  var commands: [Int64: Command] = [:]
  var mains: [pid_t: Command] = [:]
  /// Those whose child may not run the command yet, and when to look at them at the latest.
  var launching: [Command] = []
  var nextLook = Int64.max
  var lanes = Lanes()
  var orphanage = Orphanage()
  /// No deadline of any command comes before it.
  var nextDeadline = Int64.max
  var usesControlGroups = false
  /// Where control groups can be made, if they are to be used. Looked for when a command has a memory limit.
  lazy var cgroups: MemoryCgroupHome? = {
    let home = usesControlGroups ? MemoryCgroupHome() : nil
    home?.removeLeftovers()
    return home
  }()
  var floor = OwnPeak()

  /// - Parameters:
  ///   - socket: to the driver; -1: there is none.
  ///   - heeded: signals that come to ``signalled(_:)``.
  init?(socket: Int32, heeded: [Int32] = [SIGTERM, SIGINT, SIGHUP]) {
    self.socket = socket
    if socket >= 0 { _ = fcntl(socket, F_SETFD, FD_CLOEXEC) }
    guard clinux_become_subreaper() == 0 else { return nil }
    // Commands get it as their standard input.
    let null = clinux_open_read("/dev/null")
    guard null >= 0, dup2(null, STDIN_FILENO) >= 0 else { return nil }
    let watched = [SIGCHLD] + heeded
    signals = clinux_signals_open(watched, Int32(watched.count))
    guard signals >= 0 else { return nil }
  }

  func run() -> Never {
    while true {
      let (hasFrames, hasSignals) = wait()
      if hasSignals { readSignals() }
      if hasFrames { readFrames() }
      if !launching.isEmpty { lookAtLaunches() }
      let now = Clock.monotonic
      if now >= nextDeadline { meetDeadlines(now) }
      if now >= nextTick { tick() }
      if now >= flushAt { flush() }
      if isStopping, commands.isEmpty {
        while !outgoing.bytes.isEmpty {
          flush()
          _ = wait()
        }
        killEverything()  // what nobody could attribute
      }
    }
  }

  /// Tells the driver something within so many microseconds.
  func say(_ frame: WorkerFrame, within patience: Int64) {
    outgoing.put(frame: frame)
    flushAt = patience == 0 ? 0 : min(flushAt, Clock.monotonic + patience)
  }

  /// A signal has come: the driver's worker ends with all that it has started.
  func signalled(_ signal: Int32) { killEverything() }

  /// When ``tick()`` is due, if ever (monotonic microseconds).
  var nextTick = Int64.max
  func tick() { nextTick = .max }

  /// Makes sure that the loop wakes up for a command's deadline.
  func heed(_ command: Command) { nextDeadline = min(nextDeadline, command.deadline) }

  private func wait() -> (hasFrames: Bool, hasSignals: Bool) {
    if flushAt == 0 { flush() }
    let isBlocked = flushAt == 0
    var polled = [
      pollfd(fd: socket, events: Int16(POLLIN) | (isBlocked ? Int16(POLLOUT) : 0), revents: 0),
      pollfd(fd: signals, events: Int16(POLLIN), revents: 0),
    ]
    let wake = min(nextTick, nextLook, isBlocked ? nextDeadline : min(nextDeadline, flushAt))
    guard clinux_poll(&polled, 2, wake < .max ? max(0, wake - Clock.monotonic) : -1) > 0 else {
      return (false, false)
    }
    // A hang-up is read as the end.
    return (polled[0].revents & ~Int16(POLLOUT) != 0, polled[1].revents != 0)
  }

  private func readSignals() {
    var hasChildren = false
    while case let signal = clinux_signals_next(signals), signal > 0 {
      if signal == SIGCHLD { hasChildren = true } else { signalled(signal) }
    }
    if hasChildren { reap() }
  }

  private func readFrames() {
    withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 1) { piece in
      while true {
        let count = recv(socket, piece.baseAddress, piece.count, Int32(MSG_DONTWAIT))
        if count < 0, errno == EAGAIN || errno == EINTR { return }
        // The driver has gone: nothing of ours may outlive it.
        guard count > 0 else { killEverything() }
        incoming.append(UnsafeRawBufferPointer(rebasing: piece[..<count]))
        do {
          while let frame = try incoming.next(DriverFrame.self) { obey(frame) }
        } catch {
          killEverything()
        }
        if count < piece.count { return }
      }
    }
  }

  private func flush() {
    KillPoint.reached("worker.send.before")
    defer { KillPoint.reached("worker.send.after") }
    while !outgoing.bytes.isEmpty {
      let sent = outgoing.bytes.withUnsafeBytes {
        send(socket, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
      }
      if sent == outgoing.bytes.count {
        outgoing.removeAll()
      } else if sent > 0 {
        outgoing.removeFirst(sent)
      } else if errno == EAGAIN {
        flushAt = 0  // again when there is room
        return
      } else if errno != EINTR {
        killEverything()
      }
    }
    flushAt = .max
  }
}
