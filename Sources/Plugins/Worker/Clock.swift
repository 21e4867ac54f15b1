import Glibc

/// The two clocks: a monotonic one to measure durations, and the wall clock.
enum Clock {
  /// Microseconds since the machine started, including suspended time.
  static var monotonic: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_BOOTTIME, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }

  /// Converts to the unit of ``LinuxProcess/startTime``.
  static func ticks(_ microseconds: Int64) -> UInt64 {
    UInt64(microseconds) * UInt64(sysconf(Int32(_SC_CLK_TCK))) / 1_000_000
  }

  /// Milliseconds since 1970.
  static var wall: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}
