import OSText

/// The user's home folder: `$HOME` if it is set, as in the shell; otherwise from the password database.
package enum HomeFolder {
  package static var path: String { path(variable: OSText.variable("HOME")) }

  /// - Parameter variable: the value of HOME.
  package static func path(variable: String?) -> String {
    for home in [variable, UserAccount.own?.home] {
      if let home, !home.isEmpty { return home }
    }
    return "/"
  }
}
