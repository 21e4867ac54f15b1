/// Limits the number of log lines per second, and counts the others.
struct LogGate: Sendable {
  static let linesPerSecond = 50

  private var second: Int64 = -1
  private var passed = 0
  private var held = 0

  /// The lines that may pass at this time (monotonic milliseconds). If earlier lines were held back, a line with their
  /// number comes first.
  mutating func pass(_ lines: [String], now: Int64) -> [String] {
    var told: [String] = []
    if now / 1000 != second {
      if held > 0 { told.append("(\(held) more lines)") }
      (second, passed, held) = (now / 1000, 0, 0)
    }
    let room = max(0, Self.linesPerSecond - passed)
    told += lines.prefix(room)
    passed += min(room, lines.count)
    held += max(0, lines.count - room)
    return told
  }
}
