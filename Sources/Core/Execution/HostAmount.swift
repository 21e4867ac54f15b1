/// Cores and memory (bytes) of one machine. Sums stop at the largest number there is: the figures may be another's.
public struct HostAmount: Hashable, Codable, Sendable {
  /// Never below 0 in what is held or asked for; a difference may be.
  public var cores: Int
  /// Bytes; as ``cores``, below 0 only in differences.
  public var memory: Int64

  /// No cores and no memory.
  public static let none = HostAmount(cores: 0, memory: 0)

  /// Makes an amount; memory in bytes.
  public init(cores: Int, memory: Int64) {
    self.cores = cores
    self.memory = memory
  }

  /// Whether there is at least as much of both.
  package func covers(_ other: HostAmount) -> Bool { cores >= other.cores && memory >= other.memory }

  /// Whether something more may be taken of it, beside what is taken already.
  package func admits(_ more: HostAmount, beside taken: HostAmount) -> Bool {
    let all = taken + more
    return all.cores <= cores && (more.memory == 0 || all.memory <= memory)
  }

  package static func + (left: Self, right: Self) -> Self {
    HostAmount(
      cores: left.cores.clampedSum(right.cores), memory: left.memory.clampedSum(right.memory))
  }

  package static func - (left: Self, right: Self) -> Self {
    HostAmount(
      cores: left.cores.clampedDifference(right.cores),
      memory: left.memory.clampedDifference(right.memory))
  }

  package static func * (count: Int, amount: Self) -> Self {
    HostAmount(
      cores: amount.cores.clampedProduct(count),
      memory: amount.memory.clampedProduct(Int64(count)))
  }

  package static func most(_ left: Self, _ right: Self) -> Self {
    HostAmount(cores: max(left.cores, right.cores), memory: max(left.memory, right.memory))
  }

  package static func least(_ left: Self, _ right: Self) -> Self {
    HostAmount(cores: min(left.cores, right.cores), memory: min(left.memory, right.memory))
  }
}
