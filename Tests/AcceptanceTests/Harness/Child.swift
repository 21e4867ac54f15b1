import Foundation

/// A process under test. Its output goes to files, so that no pipe can fill up, and its end wakes waiting threads.
final class Child: @unchecked Sendable {
  /// How a process ended, with its output.
  struct Finished: CustomStringConvertible, Sendable {
    /// The exit code, or the negative number of the signal that ended it.
    var status: Int32
    var stdout: String
    var stderr: String
    var description: String { "status \(status)\n--- stdout\n\(stdout)\n--- stderr\n\(stderr)\n---" }
  }

  let pid: pid_t
  let stdoutPath: String
  let stderrPath: String
  private let ended = NSCondition()
  private var status: Int32?

  /// Starts `arguments`. The first is found in PATH unless it is a path.
  init(
    _ arguments: [String], environment: [String: String], folder: String, stdin: String = "/dev/null",
    stdout: String, stderr: String
  ) throws {
    stdoutPath = stdout
    stderrPath = stderr
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, stdin, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, stdout, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, stderr, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // Its own session: signals replace what a terminal would do, and reach exactly the intended processes.
    var noSignals = sigset_t()
    sigemptyset(&noSignals)
    var allSignals = sigset_t()
    sigfillset(&allSignals)
    posix_spawnattr_setsigmask(&attributes, &noSignals)
    posix_spawnattr_setsigdefault(&attributes, &allSignals)
    let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | Int32(0x80)  // POSIX_SPAWN_SETSID
    posix_spawnattr_setflags(&attributes, Int16(flags))

    // `env -C` changes the folder and then becomes the program.
    let words = (["/usr/bin/env", "-C", folder] + arguments).map { strdup($0) } + [nil]
    let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in words + variables { free(text) } }
    var child = pid_t()
    let error = posix_spawn(&child, "/usr/bin/env", &actions, &attributes, words, variables)
    guard error == 0 else { throw HarnessError("cannot start \(arguments): errno \(error)") }
    pid = child

    let waiter = Thread { [self] in
      var raw: Int32 = 0
      while waitpid(pid, &raw, 0) < 0, errno == EINTR {}
      ended.lock()
      status = raw & 0x7f == 0 ? (raw >> 8) & 0xff : -(raw & 0x7f)
      ended.broadcast()
      ended.unlock()
    }
    waiter.stackSize = 1 << 16
    waiter.start()
  }

  var hasEnded: Bool {
    ended.withLock { status != nil }
  }

  /// The output so far.
  var stdout: String { text(stdoutPath) }
  var stderr: String { text(stderrPath) }

  func signal(_ number: Int32) { if !hasEnded { kill(pid, number) } }

  /// Waits for its end. If it takes longer than `seconds`, it is killed and reported.
  @discardableResult
  func wait(_ seconds: Double = 60) throws -> Finished {
    let deadline = Date(timeIntervalSinceNow: seconds)
    ended.lock()
    while status == nil, ended.wait(until: deadline) {}
    let status = status
    ended.unlock()
    guard let status else {
      kill(pid, SIGKILL)
      throw HarnessError(
        "still running after \(seconds) s\n--- stdout\n\(stdout)\n--- stderr\n\(stderr)\n---")
    }
    return Finished(status: status, stdout: stdout, stderr: stderr)
  }

  private func text(_ path: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
  }
}

/// A problem of the test environment, which prevents a test from running.
struct HarnessError: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}

extension NSCondition {
  fileprivate func withLock<T>(_ body: () -> T) -> T {
    lock()
    defer { unlock() }
    return body()
  }
}

/// Repeats a condition until it is true, or until `seconds` have passed.
///
/// For changes in files and processes that send no signal. A check takes microseconds, so it is repeated often.
func eventually(
  _ what: @autoclosure () -> String, within seconds: Double = 20, _ condition: () throws -> Bool
) throws {
  let deadline = Date(timeIntervalSinceNow: seconds)
  while try !condition() {
    guard Date() < deadline else { throw HarnessError("did not happen in \(seconds) s: \(what())") }
    usleep(2000)
  }
}
