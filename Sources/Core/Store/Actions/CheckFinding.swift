/// Something that is wrong in a store.
public struct CheckFinding: Hashable, Sendable {
  /// Which check found it, as in `done-before-upstream`.
  public var check: String
  /// What is wrong, on what, and what to do.
  public var explanation: String
}
