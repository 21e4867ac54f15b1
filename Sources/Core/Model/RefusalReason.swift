/// What was refused, and why: an enum of each area, whose cases have the facts and whose texts are in one place.
public protocol RefusalReason: Error, Sendable, CustomStringConvertible {
  /// Which kind of refusal it is, for programs.
  var code: RunRefusal.Code { get }
  /// What happened, and on what: one or more sentences for a person, without the ``advice``.
  var message: String { get }
  /// The workflow that it is about; nil where there is none or it is not known.
  var workflowID: WorkflowID? { get }
  /// What a person can do about it; nil where the message says all there is.
  var advice: Advice? { get }
}

extension RefusalReason {
  /// None.
  public var workflowID: WorkflowID? { nil }
  /// None.
  public var advice: Advice? { nil }
  /// The message with the advice behind it, in words that name no program.
  public var description: String { advice?.appended(to: message) ?? message }
}
