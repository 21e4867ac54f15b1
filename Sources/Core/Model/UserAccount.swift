import Foundation
import OSText

/// An entry of the password database.
///
/// It is not read by getpwuid(3), which loads libraries of the site (sssd, LDAP). In a statically linked program that
/// works only with the same version of the C library. Dynamically linked programs use this code too, so that both
/// report the same names.
struct UserAccount: Equatable {
  var name: String
  var home: String

  /// The account of this process.
  static let own = of(getuid())

  /// The entry in /etc/passwd, or else from `getent`, which queries all other databases of the site. nil if neither has
  /// the user, or `getent` does not exist.
  static func of(_ user: uid_t) -> UserAccount? {
    find(user, in: text(of: OSFile.contents("/etc/passwd") ?? Data()))
      ?? GetEnt.passwd(user).flatMap { find(user, in: text(of: $0)) }
  }

  /// The entry of a user in text in the format of passwd(5).
  static func find(_ user: uid_t, in text: String) -> UserAccount? {
    for line in TextLines.split(text) {
      let fields = line.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
      guard fields.count >= 6, uid_t(Substring(fields[2])) == user, !fields[0].isEmpty else { continue }
      return UserAccount(name: String(Substring(fields[0])), home: String(Substring(fields[5])))
    }
    return nil
  }

  private static func text(of data: Data) -> String {
    data.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) in OSText.text(bytes) }
  }
}
