import JobmonModel

/// Something that is wrong in a store.
public struct CheckFinding: Hashable, Sendable {
  /// Which check found it, as in `done-before-upstream`.
  public var check: String
  /// What is wrong, and on what.
  public var message: String
  /// What a person can do about it; nil where the message says all there is.
  public var advice: Advice?

  /// What is wrong, on what, and what to do, in words that name no program.
  public var explanation: String { advice?.appended(to: message) ?? message }
}
