import Foundation

/// A wall-clock time in whole milliseconds since 1970 UTC, as stored and as shown to users.
///
/// Not used to measure durations or to wake up at a time, because wall clocks can jump (see ``Instant``).
public struct Timestamp: RawRepresentable, Hashable, Comparable, Codable, Sendable {
  /// Milliseconds since 1970-01-01T00:00:00Z.
  public var rawValue: Int64

  /// A time from its stored form: milliseconds since 1970-01-01T00:00:00Z.
  public init(rawValue: Int64) { self.rawValue = rawValue }
  /// A time from milliseconds since 1970-01-01T00:00:00Z.
  public init(milliseconds: Int64) { rawValue = milliseconds }

  /// The present wall-clock time.
  public static var now: Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }

  /// Reads milliseconds, as in stores, or ISO 8601, as in listings.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let milliseconds = try? container.decode(Int64.self) {
      rawValue = milliseconds
    } else if let time = Timestamp(iso8601: try container.decode(String.self)) {
      self = time
    } else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "this is not ISO 8601 in UTC")
    }
  }

  /// Whether the left time is earlier.
  public static func < (left: Timestamp, right: Timestamp) -> Bool { left.rawValue < right.rawValue }

  /// ISO 8601 in UTC with milliseconds, as in `2026-01-31T08:15:00.250Z`.
  public var iso8601: String {
    var seconds = time_t(rawValue / 1000)
    var milliseconds = rawValue % 1000
    if milliseconds < 0 {
      seconds -= 1
      milliseconds += 1000
    }
    var parts = tm()
    gmtime_r(&seconds, &parts)
    var text = ""
    text.reserveCapacity(24)
    func add(_ value: Int, _ width: Int, then sign: String) {
      let digits = String(value)
      for _ in 0..<max(0, width - digits.utf8.count) { text += "0" }
      text += digits
      text += sign
    }
    add(Int(parts.tm_year) + 1900, 4, then: "-")
    add(Int(parts.tm_mon) + 1, 2, then: "-")
    add(Int(parts.tm_mday), 2, then: "T")
    add(Int(parts.tm_hour), 2, then: ":")
    add(Int(parts.tm_min), 2, then: ":")
    add(Int(parts.tm_sec), 2, then: ".")
    add(Int(milliseconds), 3, then: "Z")
    return text
  }

  /// Parses ISO 8601 in UTC, as in `2026-01-31T08:15:00.250Z`: whole seconds or any number of decimals, of which three
  /// are kept. nil for any other text.
  public init?(iso8601 text: String) {
    var bytes = Array(text.utf8)[...]
    func number(_ digits: Int, then separator: Character?) -> Int? {
      guard bytes.count >= digits else { return nil }
      var value = 0
      for byte in bytes.prefix(digits) {
        guard (48...57).contains(byte) else { return nil }
        value = value * 10 + Int(byte) - 48
      }
      bytes = bytes.dropFirst(digits)
      guard let separator else { return value }
      guard bytes.first == separator.asciiValue else { return nil }
      bytes = bytes.dropFirst()
      return value
    }
    guard let year = number(4, then: "-"), let month = number(2, then: "-"), let day = number(2, then: "T"),
      let hour = number(2, then: ":"), let minute = number(2, then: ":"), let second = number(2, then: nil),
      (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 61
    else { return nil }
    var milliseconds = 0
    if bytes.first == 46 {
      let decimals = bytes.dropFirst().prefix { (48...57).contains($0) }
      guard !decimals.isEmpty else { return nil }
      let kept = decimals.prefix(3).map { Int($0) - 48 } + [0, 0]
      milliseconds = kept[0] * 100 + kept[1] * 10 + kept[2]
      bytes = bytes.dropFirst(1 + decimals.count)
    }
    guard bytes.elementsEqual("Z".utf8) else { return nil }
    var parts = tm()
    parts.tm_year = Int32(year - 1900)
    parts.tm_mon = Int32(month - 1)
    parts.tm_mday = Int32(day)
    parts.tm_hour = Int32(hour)
    parts.tm_min = Int32(minute)
    parts.tm_sec = Int32(second)
    self.init(milliseconds: Int64(timegm(&parts)) * 1000 + Int64(milliseconds))
  }
}
