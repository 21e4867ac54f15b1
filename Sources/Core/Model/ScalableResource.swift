/// A resource that can run out and be scaled for the next attempt.
public enum ScalableResource: String, CaseIterable, Codable, CodingKeyRepresentable, Sendable {
  /// Memory in bytes, and run time in seconds.
  case memory, runtime
}
