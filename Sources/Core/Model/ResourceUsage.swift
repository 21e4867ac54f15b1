/// The measured resource usage of an attempt. A value that could not be measured is nil, never zero.
public struct ResourceUsage: Hashable, Codable, Sendable {
  /// Seconds from start to end, by the node's clock.
  public var wall: Double?
  /// Processor seconds, user and system, of the command and its descendants.
  public var cpu: Double?
  /// Peak memory in bytes.
  public var peakMemory: Int64?

  /// The largest valid time in seconds: about 300 years.
  package static let mostSeconds = 10_000_000_000.0

  /// Creates a usage. Impossible values (negative, not a number, more than `mostSeconds`) become nil.
  public init(wall: Double? = nil, cpu: Double? = nil, peakMemory: Int64? = nil) {
    self.wall = Self.seconds(wall)
    self.cpu = Self.seconds(cpu)
    self.peakMemory = peakMemory.flatMap { $0 < 0 ? nil : $0 }
  }

  /// A time in seconds; nil if it is impossible.
  package static func seconds(_ figure: Double?) -> Double? {
    figure.flatMap { (0...mostSeconds).contains($0) ? $0 : nil }
  }
}
