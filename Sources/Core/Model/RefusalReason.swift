/// What was refused, and why. Each area has an enum whose cases contain the facts, with the texts of all its messages
/// in one place.
public protocol RefusalReason: Error, Sendable, CustomStringConvertible {
  /// The kind of refusal, for programs.
  var code: RunRefusal.Code { get }
  /// What happened, and to what: one or more sentences, without the ``advice``.
  var message: String { get }
  /// The workflow concerned; nil if none or unknown.
  var workflowID: WorkflowID? { get }
  /// What a person can do about it; nil if there is nothing to add to the message.
  var advice: Advice? { get }
}

extension RefusalReason {
  /// None.
  public var workflowID: WorkflowID? { nil }
  /// None.
  public var advice: Advice? { nil }
  /// The message followed by the advice, in words that do not depend on a program.
  public var description: String { advice?.appended(to: message) ?? message }
}
