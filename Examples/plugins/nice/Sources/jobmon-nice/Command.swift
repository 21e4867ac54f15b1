import Foundation
import JobmonCore
import Synchronization

/// One running command in its own process group.
final class Command: Sendable {
  private let process: pid_t
  private let hasEnded = DispatchGroup()
  private let isEnded = Mutex(false)
  private let isInterrupted = Mutex(false)

  /// - Parameter ended: called with the outcome, on a separate thread.
  init(
    _ task: BatchTask, _ context: ExecutorContext, niceness: Int,
    ended: @escaping @Sendable (Outcome) -> Void
  ) throws {
    let out = try Self.open(task.stdout)
    defer { close(out) }
    let err = task.stderr == task.stdout ? dup(out) : try Self.open(task.stderr)
    defer { close(err) }
    let own = Set(task.environment.map { $0.prefix { $0 != "=" } })
    let inherited = context.environment.filter { !own.contains($0.prefix { $0 != "=" }) }
    process = try SessionProcess.start(
      "/usr/bin/nice",
      words: [
        "nice", "-n", "\(niceness)", "/usr/bin/env", "-C", context.workingDirectory, "/bin/sh", "-c",
        task.command,
      ],
      environment: inherited + task.environment,
      wiring: [0: .null, 1: .descriptor(out), 2: .descriptor(err)])
    let started = Timestamp.now
    hasEnded.enter()
    Thread.detachNewThread { [self] in
      var status: Int32 = 0
      while waitpid(process, &status, 0) < 0, errno == EINTR {}
      isEnded.withLock { $0 = true }
      // End everything that the command left behind.
      kill(-process, SIGKILL)
      let signal = Int(status & 0x7f)
      var cause = signal == 0 ? Cause.exit(Int(status >> 8) & 0xff) : .signal(signal)
      if isInterrupted.withLock({ $0 }) { cause = .interrupted }
      ended(Outcome(cause: cause, started: started, ended: .now))
      hasEnded.leave()
    }
  }

  /// Sends TERM, and KILL if the command has not ended after the grace period.
  func end(grace: Double) {
    isInterrupted.withLock { $0 = true }
    signal(SIGTERM)
    Thread.detachNewThread { [self] in
      if hasEnded.wait(timeout: .now() + grace) == .timedOut { signal(SIGKILL) }
    }
  }

  func waitForEnd() { hasEnded.wait() }

  private func signal(_ number: Int32) {
    isEnded.withLock { if !$0 { kill(-process, number) } }
  }

  private static func open(_ path: String) throws -> Int32 {
    let folder = (path as NSString).deletingLastPathComponent
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let file = Foundation.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else {
      throw ExecutorError("\(path) cannot be written: \(String(cString: strerror(errno)))")
    }
    return file
  }

  /// Kills all processes with this `JOBMON_TOKEN`, until none is left.
  static func endLeftovers(token: String) {
    let mark = Data("JOBMON_TOKEN=\(token)".utf8)
    while true {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
      let left = names.compactMap { pid_t($0) }.filter { process in
        let environment = FileManager.default.contents(atPath: "/proc/\(process)/environ") ?? Data()
        return environment.split(separator: 0).contains(mark)
      }
      if left.isEmpty { return }
      for process in left { kill(process, SIGKILL) }
      usleep(10_000)
    }
  }
}
