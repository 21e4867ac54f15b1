import Foundation
import OSText

/// Who this process belongs to.
public enum CurrentUser {
  /// The account's name; the number where it has none.
  ///
  /// `$USER` comes last: it is what somebody has said, and stays as it was under `sudo -E` or `su`, and the history has
  /// to name who acts.
  public static var name: String {
    name(UserAccount.own, variable: OSText.variable("USER"), number: getuid())
  }

  static func name(_ account: UserAccount?, variable: String?, number: uid_t) -> String {
    account?.name ?? variable.flatMap { $0.isEmpty ? nil : $0 } ?? String(number)
  }

  /// Another account, for people: `user alice`.
  package static func name(of user: uid_t) -> String {
    "user " + (UserAccount.of(user)?.name ?? String(user))
  }
}
