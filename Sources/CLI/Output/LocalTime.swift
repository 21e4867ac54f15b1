import Foundation
import JobmonCore

/// Times for people at a terminal, in the local time zone.
enum LocalTime {
  /// `2026-01-31 08:15:00`
  static func text(_ time: Timestamp) -> String {
    let parts = parts(time)
    return String(
      format: "%04d-%02d-%02d %02d:%02d:%02d", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
      parts.tm_hour, parts.tm_min, parts.tm_sec)
  }

  /// The time zone's name at that time, and its offset from UTC: `CET, UTC+01:00`; only `UTC` for UTC.
  static func zone(_ time: Timestamp) -> String {
    let parts = parts(time)
    let minutes = parts.tm_gmtoff / 60
    let name = parts.tm_zone.map { String(cString: $0) } ?? ""
    if minutes == 0 { return "UTC" }
    let distance = String(
      format: "UTC%@%02d:%02d", minutes < 0 ? "-" : "+", abs(minutes) / 60, abs(minutes) % 60)
    return name.contains(where: \.isLetter) ? "\(name), \(distance)" : distance
  }

  private static func parts(_ time: Timestamp) -> tm {
    var seconds = time_t((Double(time.rawValue) / 1000).rounded(.down))
    var parts = tm()
    localtime_r(&seconds, &parts)
    return parts
  }
}
