import Foundation

/// The time by two clocks, read together. The engine measures with the monotonic clock and records the wall clock.
public struct Instant: Hashable, Codable, Sendable {
  /// Milliseconds of a clock that never jumps and keeps running while the machine sleeps (CLOCK_BOOTTIME).
  public var monotonic: Int64
  /// The wall-clock time, as recorded in the history.
  public var wall: Timestamp

  /// An instant from two clock readings.
  public init(monotonic: Int64, wall: Timestamp) {
    self.monotonic = monotonic
    self.wall = wall
  }

  /// The present time of both clocks.
  public static var now: Instant {
    var time = timespec()
    clock_gettime(CLOCK_BOOTTIME, &time)
    return Instant(monotonic: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000, wall: .now)
  }
}
