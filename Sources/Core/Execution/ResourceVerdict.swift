import JobmonModel

/// Whether a cluster can ever run a task with a request.
public enum ResourceVerdict: Hashable, Codable, Sendable {
  /// It can, as the request is.
  case ok
  /// The cluster would run this instead; why.
  case coerced(ResourceRequest, why: String)
  /// It never can: no task with this request is submitted.
  case impossible(why: String)
}
