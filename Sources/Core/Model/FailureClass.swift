/// The classes of failure; each is answered in its own way.
public enum FailureClass: Hashable, Codable, Sendable {
  /// The command failed: tried again with the same resources.
  case application
  /// It ran out of something: tried again with more of just that.
  case resource(ScalableResource)
  /// Not the command's fault: tried again after a while, on a count of its own.
  case infrastructure
  /// A person ended it: not tried again.
  case user
  /// Ended by this program or with it: tried again at once, and not counted.
  case ours

  /// The word of listings and JSON.
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
