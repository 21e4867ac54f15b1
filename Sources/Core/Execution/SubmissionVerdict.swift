/// The result of a submission of instances.
public enum SubmissionVerdict: Hashable, Codable, Sendable {
  /// The backend has accepted the job. The handle identifies it; nil if the backend has no handles.
  case accepted(handle: String?)
  /// It will never be accepted.
  case rejected(why: String)
  /// Not accepted now; submit again after this number of seconds.
  case deferred(after: Double, why: String)
  /// Unknown whether the job exists. This is resolved by ``Executor/recover(_:)``, never by another submission.
  case ambiguous(why: String)
}
