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
    let answer = try? ProgramCall.run(
      program, words: ["getent", "passwd", String(user)], environment: OSText.environment, patience: patience)
    return answer?.output
  }
}
