/// A sandbox of an ordinary user: tests run as root, which may do what users may not.
extension Sandbox {
  /// A user and a group without any privileges.
  static let user = 65534

  /// Makes this user the owner of the sandbox and everything in it.
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
