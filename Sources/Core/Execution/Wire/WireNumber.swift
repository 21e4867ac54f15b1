/// The numbers that a plugin may send. What is larger than anything that exists is taken as the largest; what is less than
/// there can be makes the message wrong. So no sum or product of them leaves the range of its type.
enum WireNumber {
  /// Cores of a node, tasks of a batch or of a cluster.
  static let mostOfAnything: Int64 = 1_000_000_000
  /// Bytes: 1 EiB, the most that Linux can address today is a fourth of it.
  static let mostMemory: Int64 = 1 << 60
  /// Seconds: about 300 years.
  static let mostSeconds: Int64 = 10_000_000_000
  /// Seconds that a submission may be put off.
  static let longestPause = 86_400.0
}

extension WireReader {
  /// A whole number from `lowest`; one above `most` is `most`.
  func whole(_ key: WireKey, from lowest: Int64, most: Int64) throws -> Int64 {
    let number: Int64
    if let whole = try? decode(Int64.self, forKey: key) {
      number = whole
    } else {
      let real = try decode(Double.self, forKey: key)
      guard real.rounded() == real else { throw wrong(key, "is \(real), which is not a whole number") }
      number = real < 0 ? .min : most
    }
    guard number >= lowest else { throw wrong(key, "is \(number); it is \(lowest) or more") }
    return min(number, most)
  }

  func wholeIfPresent(_ key: WireKey, from lowest: Int64, most: Int64) throws -> Int64? {
    try contains(key) && !decodeNil(forKey: key) ? whole(key, from: lowest, most: most) : nil
  }

  /// How many there are of something.
  func count(_ key: WireKey, from lowest: Int64 = 0) throws -> Int {
    Int(try whole(key, from: lowest, most: WireNumber.mostOfAnything))
  }

  /// A figure that was measured; nil where it cannot be one.
  func figure(_ key: WireKey, most: Double) -> Double? {
    guard let value = try? decodeIfPresent(Double.self, forKey: key), value.isFinite,
      (0...most).contains(value)
    else { return nil }
    return value
  }
}
