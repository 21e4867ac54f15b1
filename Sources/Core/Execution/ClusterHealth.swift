/// Whether a cluster can be used now.
public enum ClusterHealth: Hashable, Codable, Sendable {
  /// It accepts tasks.
  case ready
  /// It may be usable later; why it is not usable now.
  case unavailable(String)
}
