/// Cores and memory (bytes) of one machine.
public struct HostAmount: Hashable, Codable, Sendable {
  public var cores: Int
  public var memory: Int64

  public static let none = HostAmount(cores: 0, memory: 0)

  public init(cores: Int, memory: Int64) {
    self.cores = cores
    self.memory = memory
  }

  /// Whether there is at least as much of both.
  func covers(_ other: HostAmount) -> Bool { cores >= other.cores && memory >= other.memory }

  /// Whether something more may be taken of it, beside what is taken already.
  func admits(_ more: HostAmount, beside taken: HostAmount) -> Bool {
    taken.cores + more.cores <= cores && (more.memory == 0 || taken.memory + more.memory <= memory)
  }

  static func + (left: Self, right: Self) -> Self {
    HostAmount(cores: left.cores + right.cores, memory: left.memory + right.memory)
  }

  static func - (left: Self, right: Self) -> Self {
    HostAmount(cores: left.cores - right.cores, memory: left.memory - right.memory)
  }

  static func most(_ left: Self, _ right: Self) -> Self {
    HostAmount(cores: max(left.cores, right.cores), memory: max(left.memory, right.memory))
  }

  static func least(_ left: Self, _ right: Self) -> Self {
    HostAmount(cores: min(left.cores, right.cores), memory: min(left.memory, right.memory))
  }
}
