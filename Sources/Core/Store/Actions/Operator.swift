/// A user who acts on a store.
public struct Operator: Hashable, Sendable {
  /// The real user id (getuid(2)).
  public var uid: UInt32
  /// The user name (``CurrentUser/name``). The history contains it, and runs under this name belong to the user.
  public var user: String

  /// A user with this id and name. It is not checked that they belong together.
  public init(uid: UInt32, user: String) {
    self.uid = uid
    self.user = user
  }
}
