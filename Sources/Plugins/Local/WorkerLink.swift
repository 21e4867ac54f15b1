import CLinux
import Foundation
import JobmonCore
import LinuxProcesses
import Synchronization
import WorkerProtocol

/// A worker process and the socket to it.
final class WorkerLink: Sendable {
  /// The descriptor of the socket in the worker.
  private static let workerSocket: Int32 = 3

  let process: pid_t
  private let socket: Int32
  private let outbox = Mutex(Outbox())
  private let end = Mutex<String?>(nil)

  private struct Outbox: Sendable {
    var writer = ByteWriter()
    /// Whether a thread is sending what the socket did not accept at once.
    var isDraining = false
  }

  /// Starts a worker in its own session, so that Ctrl-C in a terminal reaches neither it nor its commands, and with the
  /// default action for every signal. It gets its mark before it can start anything.
  init(program: String, environment: [String], mark: ProcessMark) throws {
    var pair: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &pair) == 0
    else {
      throw ExecutorError("cannot start \(program): \(String(cString: strerror(errno)))")
    }
    socket = pair[0]
    defer { close(pair[1]) }

    do {
      process = try SessionProcess.start(
        program, words: [program, "--serve", "\(Self.workerSocket)"], environment: environment,
        wiring: [STDIN_FILENO: .null, STDOUT_FILENO: .null, Self.workerSocket: .descriptor(pair[1])])
    } catch {
      close(socket)
      throw ExecutorError("\(error)")
    }
    // A site that limits file locks makes marks impossible: the environment is then the only mark.
    _ = mark.put(on: process)
  }

  deinit { close(socket) }

  /// Sends frames without waiting for the worker to receive them.
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

  /// Reads on a separate thread until the worker closes the connection, then reaps it.
  func read(_ heard: @escaping @Sendable ([WorkerFrame]) -> Void, atEnd: @escaping @Sendable () -> Void) {
    let thread = Thread { [self] in
      receive(heard)
      shutdown(socket, Int32(SHUT_RDWR))
      SessionProcess.awaitEnd(of: process)
      end.withLock { $0 = SessionProcess.reap(process) }
      atEnd()
    }
    thread.name = "local worker"
    thread.start()
  }

  /// Kills the worker at once.
  func kill() { end.withLock { if $0 == nil { Foundation.kill(process, SIGKILL) } } }

  /// Closes the connection, as the end of this process would.
  func hangUp() { shutdown(socket, Int32(SHUT_WR)) }

  /// How it ended, to follow "the worker process ...".
  var howItEnded: String { end.withLock { $0 } ?? "ended" }

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
        kill()  // not our worker: its orphans are ended like those of a dead one
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
        writer.removeAll()  // the connection is closed: the reading thread notices it
      }
    }
  }
}
