/// Whether a cluster can be used now.
public enum ClusterHealth: Hashable, Codable, Sendable {
  /// It takes tasks.
  case ready
  /// Usable later; why.
  case unavailable(String)
}
