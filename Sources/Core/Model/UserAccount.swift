import Foundation
import OSText

/// An entry of the password database.
///
/// Read by ourselves: getpwuid(3) loads libraries of the site (sssd, LDAP), which a statically linked program can do only
/// where it meets the C library that it was built with. A program that is linked otherwise does the same, so that both
/// say the same names.
struct UserAccount: Equatable {
  var name: String
  var home: String

  /// The account of this process.
  static let own = of(getuid())

  /// What /etc/passwd says; where that does not know the user, `getent` does, which asks everything else the site has.
  /// Nil where neither knows, or there is no `getent`.
  static func of(_ user: uid_t) -> UserAccount? {
    find(user, in: text(of: OSFile.contents("/etc/passwd") ?? Data()))
      ?? GetEnt.passwd(user).flatMap { find(user, in: text(of: $0)) }
  }

  /// The entry of a user in lines as passwd(5) has them.
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
