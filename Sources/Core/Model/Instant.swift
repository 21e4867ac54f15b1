import Foundation

/// Both clocks, read together. The engine measures by the monotonic one and writes down the wall one.
public struct Instant: Hashable, Codable, Sendable {
  /// Milliseconds of a clock that never jumps and goes on while the machine sleeps (CLOCK_BOOTTIME).
  public var monotonic: Int64
  /// What the history says.
  public var wall: Timestamp

  /// An instant from two readings that belong together.
  ///
  /// - Parameter monotonic: milliseconds; comparable only within one boot of one machine.
  public init(monotonic: Int64, wall: Timestamp) {
    self.monotonic = monotonic
    self.wall = wall
  }

  /// What both clocks say now.
  public static var now: Instant {
    var time = timespec()
    clock_gettime(CLOCK_BOOTTIME, &time)
    return Instant(monotonic: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000, wall: .now)
  }
}
