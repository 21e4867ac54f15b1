import CLinux
import Glibc
import LinuxProcesses
import WorkerProtocol

/// A worker: handles frames from the driver, ends of children, and deadlines.
///
/// The main thread waits for frames, signals, ends and deadlines. For short commands, spawner threads wait for their
/// ends (``Spawners``). Only one thread works at a time.
class Server {
  /// How long a `started` frame may wait to be sent with others, in microseconds, and when to check whether a child
  /// runs its command. Most short commands end before, so that the driver is woken only once for both frames.
  static let patience: Int64 = 10_000

  /// How long an `ended` frame may wait to be sent with others, in microseconds, if more commands are waiting here than
  /// can start in this time.
  static let shortPatience: Int64 = 10_000

  /// How long processes that a command leaves behind may take to end by themselves, in microseconds: a `tee` that the
  /// command wrote to must still write its last lines.
  static let courtesy: Int64 = 100_000

  let socket: Int32
  /// Held by the thread that works.
  let lock = ServerLock()
  /// Readable when a signal asks the worker to end.
  private let signals: Int32
  /// Readable when a child has ended.
  private let ends: Int32
  /// Readable when a spawner wakes the main thread.
  private let bell: Int32
  /// Until when the main thread sleeps; 0 while it is awake.
  private var sleepsUntil: Int64 = 0
  /// Whether ends of children wake the main thread.
  private var wakesOnEnds = true
  private var incoming = FrameBuffer()
  private var outgoing = ByteWriter()
  /// When the contents of `outgoing` must be sent.
  private var flushAt = Int64.max

  var launcher: Launcher?
  /// Whether all commands get a shell, even those that need none.
  var usesShell: Bool { false }
  /// Whether log files have their names before a command can write to them.
  var namesLogsAtOnce: Bool { false }
  /// Microseconds between TERM and KILL.
  var grace: Int64 = 10_000_000
  var isStopping = false
  /// Commands of which processes are left, by instance; and those whose main process runs, by its id.
  var commands: [Int64: Command] = [:]
  var mains: [pid_t: Command] = [:]
  /// Commands whose child may not run the command yet, and the latest time to check them.
  var launching: [Command] = []
  var nextLook = Int64.max
  var queues = CommandQueues()
  var spawners = Spawners()
  var orphans = Orphans()
  /// A time before which no command has a deadline.
  var nextDeadline = Int64.max
  var usesControlGroups = false
  /// Whether a command that exits with 0 counts as failed if the kernel killed one of its processes for memory.
  var memoryKillIsFailure = true
  /// Where control groups can be created; nil if they are not used. Looked up when the first command has a memory
  /// limit.
  lazy var cgroups: MemoryCgroupHome? = {
    let home = usesControlGroups ? MemoryCgroupHome() : nil
    home?.removeLeftovers()
    return home
  }()
  var floor = OwnPeak()

  /// - Parameters:
  ///   - socket: the socket to the driver; -1 if there is none.
  ///   - handled: signals that are passed to ``signalled(_:)``.
  init?(socket: Int32, handled: [Int32] = [SIGTERM, SIGINT, SIGHUP]) {
    self.socket = socket
    if socket >= 0 { _ = fcntl(socket, F_SETFD, FD_CLOEXEC) }
    guard clinux_become_subreaper() == 0 else { return nil }
    // Standard input of the commands.
    let null = clinux_open_read("/dev/null")
    guard null >= 0, dup2(null, STDIN_FILENO) >= 0 else { return nil }
    signals = clinux_signals_open(handled, Int32(handled.count))
    ends = clinux_signals_open([SIGCHLD], 1)
    bell = clinux_event_open()
    guard signals >= 0, ends >= 0, bell >= 0 else { return nil }
  }

  func run() -> Never {
    lock.lock()
    while true {
      let (hasFrames, hasSignals, hasEnds) = wait()
      if hasSignals { readSignals() }
      if hasEnds { reap() }
      if hasFrames { readFrames() }
      if !launching.isEmpty { lookAtLaunches() }
      let now = Clock.monotonic
      if now >= nextDeadline { meetDeadlines(now) }
      if now >= nextTick { tick() }
      if now >= flushAt { flush() }
      if isOver {
        while !outgoing.bytes.isEmpty {
          flush()
          _ = wait()
        }
        killEverything()  // processes that could not be attributed to a command
      }
    }
  }

  private var isOver: Bool { isStopping && commands.isEmpty }

  /// When the main loop must run even if no event arrives.
  private var wakeAt: Int64 { min(nextTick, nextLook, nextDeadline, flushAt) }

  /// Whether there are children for whose end only the main thread waits.
  private var hasUnattended: Bool { commands.count > spawners.attended }

  /// The work of a spawner while it holds the lock. It must not do more. Otherwise it and the main thread would start
  /// commands at the same time, which would end at the same time and delay each other again.
  func takeEnd(of command: Command) {
    if command.isAttended { reap(command.process) }
    if Clock.monotonic >= flushAt { flush() }
    if sleepsUntil > 0, wakeAt < sleepsUntil || isOver || hasUnattended && !wakesOnEnds { wake() }
  }

  /// Wakes the main thread.
  private func wake() {
    sleepsUntil = 0
    var one: UInt64 = 1
    _ = write(bell, &one, MemoryLayout.size(ofValue: one))
  }

  /// Sends a frame to the driver within this many microseconds.
  func say(_ frame: WorkerFrame, within patience: Int64) {
    outgoing.put(frame: frame)
    flushAt = patience == 0 ? 0 : min(flushAt, Clock.monotonic + patience)
  }

  /// Handles a signal: a worker with a driver kills everything that it has started, and exits.
  func signalled(_ signal: Int32) { killEverything() }

  /// When ``tick()`` is due (monotonic microseconds).
  var nextTick = Int64.max
  func tick() { nextTick = .max }

  /// Makes sure that the main loop wakes up for a command's deadline.
  func noteDeadline(of command: Command) { nextDeadline = min(nextDeadline, command.deadline) }

  /// Releases the lock until there is something to do.
  private func wait() -> (hasFrames: Bool, hasSignals: Bool, hasEnds: Bool) {
    if flushAt == 0 { flush() }
    let isBlocked = flushAt == 0
    var polled = [
      pollfd(fd: socket, events: Int16(POLLIN) | (isBlocked ? Int16(POLLOUT) : 0), revents: 0),
      pollfd(fd: signals, events: Int16(POLLIN), revents: 0),
      pollfd(fd: bell, events: Int16(POLLIN), revents: 0),
      pollfd(fd: ends, events: Int16(POLLIN), revents: 0),
    ]
    wakesOnEnds = hasUnattended
    let wake = isBlocked ? min(nextTick, nextLook, nextDeadline) : wakeAt
    sleepsUntil = wake
    lock.unlock()
    let count = clinux_poll(&polled, wakesOnEnds ? 4 : 3, wake < .max ? max(0, wake - Clock.monotonic) : -1)
    lock.lock()
    sleepsUntil = 0
    guard count > 0 else { return (false, false, false) }
    if polled[2].revents != 0 {
      var rung: UInt64 = 0
      _ = read(bell, &rung, MemoryLayout.size(ofValue: rung))
    }
    if polled[3].revents != 0 { _ = clinux_signals_next(ends) }
    // A hang-up is handled as the end of the stream.
    return (polled[0].revents & ~Int16(POLLOUT) != 0, polled[1].revents != 0, polled[3].revents != 0)
  }

  private func readSignals() {
    while case let signal = clinux_signals_next(signals), signal > 0 { signalled(signal) }
  }

  private func readFrames() {
    withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 1) { piece in
      while true {
        let count = recv(socket, piece.baseAddress, piece.count, Int32(MSG_DONTWAIT))
        if count < 0, errno == EAGAIN || errno == EINTR { return }
        // The driver has ended: no process of this worker may outlive it.
        guard count > 0 else { killEverything() }
        incoming.append(UnsafeRawBufferPointer(rebasing: piece[..<count]))
        do {
          while let frame = try incoming.next(DriverFrame.self) { handle(frame) }
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
        flushAt = 0  // again when the socket accepts more
        return
      } else if errno != EINTR {
        killEverything()
      }
    }
    flushAt = .max
  }
}
