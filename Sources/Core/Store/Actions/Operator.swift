/// A person who acts on a store.
public struct Operator: Hashable, Sendable {
  /// The person's real user id (getuid(2)).
  public var uid: UInt32
  /// The person's user name (``CurrentUser/name``): the history names it, and runs of this user are theirs.
  public var user: String

  /// A person by id and name; nothing checks that the two belong together.
  public init(uid: UInt32, user: String) {
    self.uid = uid
    self.user = user
  }
}
