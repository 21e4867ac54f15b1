import Foundation
import JobmonCore

/// Times as typed by the user.
enum PointInTime {
  /// `2026-01-31` and `2026-01-31T08:15` (local time), optionally with seconds and an offset or `Z`; or a duration
  /// before `now`, such as `90m` or `7d`.
  ///
  /// - Returns: nil if it is none of these.
  static func parse(_ text: String, now: Timestamp = .now) -> Timestamp? {
    if text.last?.isLetter == true, let seconds = RuntimeSpan.seconds(text) {
      return Timestamp(milliseconds: now.rawValue - Milliseconds.of(seconds: seconds))
    }
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.isLenient = false
    for format in [
      "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ssXXXXX",
      "yyyy-MM-dd'T'HH:mm:ss.SSSXXXXX", "yyyy-MM-dd'T'HH:mmXXXXX",
    ] {
      formatter.dateFormat = format
      if let date = formatter.date(from: text.replacing(" ", with: "T")) {
        return Timestamp(milliseconds: Int64(nearest: date.timeIntervalSince1970 * 1000))
      }
    }
    return nil
  }
}
