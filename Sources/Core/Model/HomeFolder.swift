import OSText

/// The user's home: `$HOME` where it is set, as the shell has it; else what the password database says.
package enum HomeFolder {
  package static var path: String { path(variable: OSText.variable("HOME")) }

  /// - Parameter variable: what HOME is.
  package static func path(variable: String?) -> String {
    for home in [variable, UserAccount.own?.home] {
      if let home, !home.isEmpty { return home }
    }
    return "/"
  }
}
