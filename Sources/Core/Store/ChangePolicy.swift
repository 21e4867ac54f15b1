/// What is done where a workflow is bound that is stored under the same key with another identity.
public enum ChangePolicy: Sendable {
  /// Nothing is written: ``StoreError/workflowDiffers(_:_:)``.
  case refuse
  /// A workflow of its own takes the old one's place and keeps the results that still hold (``ChangePlan``).
  case accept
  /// The same, but every DONE task that is the same keeps its result, whatever else has changed.
  case acceptAndKeepDone
}
