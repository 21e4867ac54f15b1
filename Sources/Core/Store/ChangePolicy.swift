/// What to do if a workflow is bound whose key is stored with another identity.
public enum ChangePolicy: Sendable {
  /// Write nothing and throw ``StoreError/workflowDiffers(_:_:)``.
  case refuse
  /// Replace the stored workflow by a new one, which keeps the results that are still valid (``ChangePlan``).
  case accept
  /// Replace the stored workflow by a new one, which keeps the results of all DONE tasks that are in both definitions,
  /// whatever else has changed.
  case acceptAndKeepDone
}
