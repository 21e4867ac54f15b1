import JobmonModel

/// A fault in a store.
public struct CheckFinding: Hashable, Sendable {
  /// The name of the check that found it, as in `done-before-upstream`.
  public var check: String
  /// What is wrong, and where.
  public var message: String
  /// What the user can do; nil if the message is complete.
  public var advice: Advice?

  /// What is wrong, where, and what to do, without the commands and options of a program.
  public var explanation: String { advice?.appended(to: message) ?? message }
}
