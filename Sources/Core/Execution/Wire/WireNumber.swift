/// Limits for the numbers in messages of a plugin. Larger numbers are reduced to the limit; numbers that are too small
/// make the message invalid. Sums and products of them therefore do not overflow.
enum WireNumber {
  /// Cores of a node, or tasks of a batch or of a cluster.
  static let mostOfAnything: Int64 = 1_000_000_000
  /// Bytes: 1 EiB. The most that Linux can address today is a quarter of it.
  static let mostMemory: Int64 = 1 << 60
  /// Seconds: about 300 years.
  static let mostSeconds: Int64 = 10_000_000_000
  /// Longest delay of a submission in seconds.
  static let longestPause = 86_400.0
}

extension WireReader {
  /// A whole number of at least `lowest`. A number above `most` is reduced to `most`.
  func whole(_ key: WireKey, from lowest: Int64, most: Int64) throws -> Int64 {
    let number: Int64
    if let whole = try? decode(Int64.self, forKey: key) {
      number = whole
    } else {
      let real = try decode(Double.self, forKey: key)
      guard real.rounded() == real else { throw wrong(key, "is \(real), which is not a whole number") }
      number = real < 0 ? .min : most
    }
    guard number >= lowest else { throw wrong(key, "is \(number); it must be \(lowest) or more") }
    return min(number, most)
  }

  func wholeIfPresent(_ key: WireKey, from lowest: Int64, most: Int64) throws -> Int64? {
    try contains(key) && !decodeNil(forKey: key) ? whole(key, from: lowest, most: most) : nil
  }

  /// A number of items.
  func count(_ key: WireKey, from lowest: Int64 = 0) throws -> Int {
    Int(try whole(key, from: lowest, most: WireNumber.mostOfAnything))
  }

  /// A measured value; nil if it is impossible.
  func figure(_ key: WireKey, most: Double) -> Double? {
    guard let value = try? decodeIfPresent(Double.self, forKey: key), value.isFinite,
      (0...most).contains(value)
    else { return nil }
    return value
  }
}
