import CLinux
import Foundation
import OSText

/// A child process that does not receive signals of the terminal.
public enum SessionProcess {
  /// What one of its file descriptors refers to.
  public enum Wiring: Sendable {
    /// The same open file as this descriptor of the caller.
    case descriptor(Int32)
    /// `/dev/null`, for reading and writing.
    case null
  }

  /// Starts a program in a new session, and therefore a new process group, with no signals blocked and the default
  /// action for all signals. Other descriptors are inherited from the caller unless they are closed on exec.
  ///
  /// - Parameters:
  ///   - program, words, environment: `OSText`.
  ///   - words: its arguments, including the program's name.
  ///   - environment: `NAME=value`.
  ///   - wiring: by the program's own descriptor.
  /// - Throws: ``ProgramStartError`` with the system's reason.
  public static func start(
    _ program: String, words: [String], environment: [String], wiring: [Int32: Wiring]
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (descriptor, file) in wiring.sorted(by: { $0.key < $1.key }) {
      switch file {
      case .descriptor(let own): posix_spawn_file_actions_adddup2(&actions, own, descriptor)
      case .null: posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
      }
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

    let arguments: [UnsafeMutablePointer<CChar>?] = words.map { OSText.duplicate($0) } + [nil]
    let variables: [UnsafeMutablePointer<CChar>?] = environment.map { OSText.duplicate($0) } + [nil]
    defer {
      for text in arguments + variables { free(text) }
    }
    var child: pid_t = 0
    let failure = OSText.withCString(program) {
      posix_spawn(&child, $0, &actions, &attributes, arguments, variables)
    }
    guard failure == 0 else {
      throw ProgramStartError(program: program, code: failure)
    }
    return child
  }

  /// Waits until a child has ended without reaping it. Its pid is not reused until it is reaped.
  public static func awaitEnd(of child: pid_t) {
    var information = siginfo_t()
    while waitid(P_PID, id_t(child), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
  }

  /// Reaps a child after it has ended, and describes how it ended, to follow a subject such as "the plugin".
  public static func reap(_ child: pid_t) -> String {
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    return clinux_did_exit(status) == 1
      ? "exited with \(clinux_exit_code(status))" : "was ended by signal \(clinux_end_signal(status))"
  }
}
