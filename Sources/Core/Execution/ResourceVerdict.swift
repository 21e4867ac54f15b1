import JobmonModel

/// Whether a cluster can ever run a task with a request.
public enum ResourceVerdict: Hashable, Codable, Sendable {
  /// It can run the request without changes.
  case ok
  /// The cluster would run this request instead; why.
  case coerced(ResourceRequest, why: String)
  /// It can never run it: no task with this request is submitted.
  case impossible(why: String)
}
