import Foundation

/// Who this process belongs to.
public enum CurrentUser {
  /// The account's name; the number where it has none.
  public static var name: String {
    getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) } ?? String(getuid())
  }

  /// Another account, for people: `user alice`.
  package static func name(of user: uid_t) -> String {
    "user " + (getpwuid(user).map { String(cString: $0.pointee.pw_name) } ?? String(user))
  }
}
