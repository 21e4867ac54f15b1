/// The classes of failures. Each is handled differently.
public enum FailureClass: Hashable, Codable, Sendable {
  /// The command failed. Retried with the same resources.
  case application
  /// It ran out of a resource. Retried with more of this resource.
  case resource(ScalableResource)
  /// Not caused by the command. Retried after a delay, and counted separately.
  case infrastructure
  /// A person ended it. Not retried.
  case user
  /// Ended by this program, or together with it. Retried at once, and not counted.
  case ours

  /// The word in listings and JSON.
  public var word: String {
    switch self {
    case .application: "application"
    case .resource: "resource"
    case .infrastructure: "infrastructure"
    case .user: "user"
    case .ours: "ours"
    }
  }
}
