import CLinux
import Foundation
import JobmonCore
import Synchronization
import WorkerProtocol

/// A worker process and the socket to it.
final class WorkerLink: Sendable {
  /// The worker's end of the socket.
  private static let workerSocket: Int32 = 3

  let process: pid_t
  private let socket: Int32
  private let outbox = Mutex(Outbox())
  private let status = Mutex<Int32?>(nil)

  private struct Outbox: Sendable {
    var writer = ByteWriter()
    /// Whether a thread is sending what the socket would not take at once.
    var isDraining = false
  }

  /// Starts a worker: in a session of its own, so that a terminal's Ctrl-C reaches neither it nor its commands, and
  /// with the default answer to every signal.
  init(program: String, environment: [String]) throws {
    var pair: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &pair) == 0
    else {
      throw ExecutorError("cannot start \(program): \(String(cString: strerror(errno)))")
    }
    socket = pair[0]
    defer { close(pair[1]) }

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, pair[1], Self.workerSocket)
    for stream in [STDIN_FILENO, STDOUT_FILENO] {
      posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_RDWR, 0)
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    var all = sigset_t()
    sigfillset(&all)
    posix_spawnattr_setsigdefault(&attributes, &all)
    let newSession: Int32 = 0x80  // POSIX_SPAWN_SETSID
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | newSession))

    let words = [program, "--serve", "\(Self.workerSocket)"]
    let arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    let variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
    defer {
      for text in arguments + variables { free(text) }
    }
    var child: pid_t = 0
    let failure = posix_spawn(&child, program, &actions, &attributes, arguments, variables)
    guard failure == 0 else {
      close(socket)
      throw ExecutorError("cannot start \(program): \(String(cString: strerror(failure)))")
    }
    process = child
  }

  deinit { close(socket) }

  /// Sends frames without waiting for the worker to take them.
  func send(_ frames: [DriverFrame]) {
    guard !frames.isEmpty else { return }
    outbox.withLock { outbox in
      for frame in frames { outbox.writer.put(frame: frame) }
      guard !outbox.isDraining else { return }
      flush(&outbox.writer)
      guard !outbox.writer.bytes.isEmpty else { return }
      outbox.isDraining = true
      Thread.detachNewThread { [self] in drain() }
    }
  }

  private func drain() {
    while true {
      var polled = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
      clinux_poll(&polled, 1, -1)
      let isDone = outbox.withLock { outbox in
        flush(&outbox.writer)
        outbox.isDraining = !outbox.writer.bytes.isEmpty
        return !outbox.isDraining
      }
      if isDone { return }
    }
  }

  /// Reads on a thread of its own until the worker hangs up, then reaps it.
  func read(_ heard: @escaping @Sendable ([WorkerFrame]) -> Void, atEnd: @escaping @Sendable () -> Void) {
    let thread = Thread { [self] in
      receive(heard)
      shutdown(socket, Int32(SHUT_RDWR))
      var how: Int32 = 0
      while waitpid(process, &how, 0) < 0, errno == EINTR {}
      status.withLock { $0 = how }
      atEnd()
    }
    thread.name = "local worker"
    thread.start()
  }

  /// Ends it at once.
  func kill() { Foundation.kill(process, SIGKILL) }

  /// Closes the connection, as this process's death would.
  func hangUp() { shutdown(socket, Int32(SHUT_WR)) }

  /// As in "the worker process ...".
  var howItEnded: String {
    guard let status = status.withLock({ $0 }) else { return "ended" }
    return clinux_did_exit(status) == 1
      ? "exited with \(clinux_exit_code(status))" : "was ended by signal \(clinux_end_signal(status))"
  }

  private func receive(_ heard: ([WorkerFrame]) -> Void) {
    var incoming = FrameBuffer()
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)
    defer { piece.deallocate() }
    while true {
      let count = recv(socket, piece.baseAddress, piece.count, 0)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      incoming.append(UnsafeRawBufferPointer(rebasing: piece[..<count]))
      var frames: [WorkerFrame] = []
      do {
        while let frame = try incoming.next(WorkerFrame.self) { frames.append(frame) }
      } catch {
        Foundation.kill(process, SIGKILL)  // not our worker: its orphans are ended as a dead one's
        return
      }
      if !frames.isEmpty { heard(frames) }
    }
  }

  private func flush(_ writer: inout ByteWriter) {
    while !writer.bytes.isEmpty {
      let sent = writer.bytes.withUnsafeBytes {
        Foundation.send(socket, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
      }
      if sent == writer.bytes.count {
        writer.removeAll()
      } else if sent > 0 {
        writer.removeFirst(sent)
      } else if errno == EAGAIN {
        return
      } else if errno != EINTR {
        writer.removeAll()  // it has hung up: the reading thread finds out
      }
    }
  }
}
