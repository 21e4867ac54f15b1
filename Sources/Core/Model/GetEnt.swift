import CLinux
import Foundation
import OSText

/// `getent`, which queries the user databases of a site (sssd, LDAP, NIS) with the site's own libraries.
enum GetEnt {
  /// Seconds to wait for an answer.
  static let patience = 5.0

  /// The output of `getent passwd USER`; nil if there is no such program or no answer.
  ///
  /// - Parameter path: the folders to search for the program, in the format of `PATH`.
  static func passwd(
    _ user: uid_t, path: String = OSText.variable("PATH") ?? "/usr/bin:/bin", patience: Double = patience
  ) -> Data? {
    // Relative folders are skipped: another user could have prepared them.
    let candidates = ProgramFile.candidates("getent", inPath: path).filter { $0.hasPrefix("/") }
    guard let program = ProgramFile.first(of: candidates) else { return nil }
    var ends: [Int32] = [-1, -1]
    guard clinux_pipe(&ends) == 0 else { return nil }
    defer { close(ends[0]) }
    let child = try? SessionProcess.start(
      program, words: ["getent", "passwd", String(user)], environment: OSText.environment,
      wiring: [0: .null, 1: .descriptor(ends[1]), 2: .null])
    close(ends[1])
    guard let child else { return nil }
    let answer = read(ends[0], until: .now + .milliseconds(Int64(patience * 1000)))
    if answer == nil { kill(-child, SIGKILL) }
    _ = SessionProcess.reap(child)
    return answer
  }

  /// Reads a pipe up to its end; nil if the end is not reached in time.
  private static func read(_ pipe: Int32, until deadline: ContinuousClock.Instant) -> Data? {
    var answer = Data()
    var piece = [UInt8](repeating: 0, count: 4096)
    while true {
      let left = (deadline - .now) / .milliseconds(1)
      guard left > 0 else { return nil }
      var waited = pollfd(fd: pipe, events: Int16(POLLIN), revents: 0)
      guard poll(&waited, 1, Int32(left.rounded(.up))) > 0 else { continue }
      let count = Glibc.read(pipe, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { return nil }
      if count == 0 { return answer }
      answer += piece[..<count]
    }
  }
}
