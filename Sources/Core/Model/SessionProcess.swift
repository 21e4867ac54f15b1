import CLinux
import Foundation
import OSText

/// A program of ours that a terminal's signals do not reach.
public enum SessionProcess {
  /// What one of its file descriptors is.
  public enum Wiring: Sendable {
    /// The same open file as this descriptor of the caller.
    case descriptor(Int32)
    /// `/dev/null`, to read and to write.
    case null
  }

  /// Starts a program in a session, and so a process group, of its own, with no signal blocked and the default answer
  /// to every signal. What is not wired is the caller's, where that is not closed on exec.
  ///
  /// - Parameters:
  ///   - program, words, environment: `OSText`.
  ///   - words: its arguments, the program's name included.
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

  /// Waits for a child's end without reaping it: until that is done its id means nobody else.
  public static func awaitEnd(of child: pid_t) {
    var information = siginfo_t()
    while waitid(P_PID, id_t(child), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
  }

  /// Waits for a child's end, and says how that was, as in "the plugin ...".
  public static func reap(_ child: pid_t) -> String {
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    return clinux_did_exit(status) == 1
      ? "exited with \(clinux_exit_code(status))" : "was ended by signal \(clinux_end_signal(status))"
  }
}
