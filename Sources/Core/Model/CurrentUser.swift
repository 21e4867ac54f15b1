import Foundation
import OSText

/// The user who owns this process.
public enum CurrentUser {
  /// The name of the account; if it has none, `$USER`, or else the uid.
  ///
  /// `$USER` does not come first because anyone can set it, and it does not change under `sudo -E` or `su`. The history
  /// must record the user who acts.
  public static var name: String {
    name(UserAccount.own, variable: OSText.variable("USER"), number: getuid())
  }

  static func name(_ account: UserAccount?, variable: String?, number: uid_t) -> String {
    account?.name ?? variable.flatMap { $0.isEmpty ? nil : $0 } ?? String(number)
  }

  /// Another account, for messages: `user alice`.
  package static func name(of user: uid_t) -> String {
    "user " + (UserAccount.of(user)?.name ?? String(user))
  }
}
