/// An ordinary user's world: tests run as root, who may do what users may not.
extension Sandbox {
  /// A user and a group without any privileges.
  static let user = 65534

  /// Gives this user the sandbox with all that is in it.
  func giveToUser() throws { try shell("chown -R \(Self.user):\(Self.user) .") }

  /// Starts any program as an ordinary user.
  func startAsUser(_ arguments: [String], _ user: Int = Sandbox.user) throws -> Child {
    try start(
      ["/usr/bin/setpriv", "--reuid", "\(user)", "--regid", "\(user)", "--clear-groups"] + arguments)
  }

  /// Starts `jobmon` as an ordinary user.
  func jobmonAsUser(_ arguments: String...) throws -> Child {
    try startAsUser(["\(Self.programs)/jobmon"] + arguments)
  }
}
