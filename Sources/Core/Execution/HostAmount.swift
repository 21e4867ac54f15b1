/// Cores and memory (bytes) of a machine. Sums do not overflow but stop at the largest number, because the values may
/// come from other users.
public struct HostAmount: Hashable, Codable, Sendable {
  /// Number of cores. Negative only in differences.
  public var cores: Int
  /// Bytes. Negative only in differences.
  public var memory: Int64

  /// No cores and no memory.
  public static let none = HostAmount(cores: 0, memory: 0)

  /// Creates an amount. Memory is in bytes.
  public init(cores: Int, memory: Int64) {
    self.cores = cores
    self.memory = memory
  }

  /// Whether both values are at least as large as the other's.
  package func covers(_ other: HostAmount) -> Bool { cores >= other.cores && memory >= other.memory }

  /// Whether an additional amount fits, if `taken` is already used.
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
