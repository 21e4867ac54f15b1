/// What became of instances that were submitted.
public enum SubmissionVerdict: Hashable, Codable, Sendable {
  /// The backend has the job; the handle finds it again, where the backend has such names.
  case accepted(handle: String?)
  /// Will never be accepted.
  case rejected(why: String)
  /// Not now; ask again after so many seconds.
  case deferred(after: Double, why: String)
  /// Nobody can tell whether the job exists: to be settled by ``Executor/recover(_:)``, never by submitting again.
  case ambiguous(why: String)
}
