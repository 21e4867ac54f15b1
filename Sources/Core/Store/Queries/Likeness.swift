import JobmonModel

/// The text of an error without the parts that differ between tasks: numbers, addresses, ids and times are replaced by
/// `0`, paths by `<path>`. Errors are similar if the resulting texts are equal.
///
/// Texts are processed byte by byte: there may be a hundred thousand of them, each some thousand bytes long.
struct Likeness {
  let rest: String

  init(_ text: some StringProtocol) {
    var text = String(text)
    rest = text.withUTF8 { bytes in
      // A path of one byte becomes six bytes, so this capacity is always sufficient.
      withUnsafeTemporaryAllocation(of: UInt8.self, capacity: max(1, bytes.count * 6)) { target in
        ByteKind.table.withUnsafeBufferPointer { kinds in
          var folding = Folding(bytes: bytes, kinds: kinds, target: target)
          let count = folding.fold()
          return String(decoding: UnsafeBufferPointer(rebasing: target[..<count]), as: UTF8.self)
        }
      }
    }
  }
}

/// The kind of a byte in an error's text.
private struct ByteKind: OptionSet {
  let rawValue: UInt8
  static let digit = ByteKind(rawValue: 1)
  /// A letter that is a hexadecimal digit.
  static let letterDigit = ByteKind(rawValue: 2)
  static let mark = ByteKind(rawValue: 4)
  static let slash = ByteKind(rawValue: 8)
  static let dash = ByteKind(rawValue: 16)
  /// A blank, or the first byte of a character that may be one.
  static let blank = ByteKind(rawValue: 32)
  /// None of the other kinds.
  static let other = ByteKind(rawValue: 64)

  static let table: [ByteKind] = (0...255).map { (byte: UInt8) in
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): .digit
    case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"): .letterDigit
    case UInt8(ascii: "/"): .slash
    case UInt8(ascii: "-"): .dash
    case ...0x20, 0xC2, 0xE1...0xE3: .blank
    default: "'\"`()[]{}<>,;:=!".utf8.contains(byte) ? .mark : .other
    }
  }
}

/// Writes the text with these parts replaced.
private struct Folding {
  /// Minimum number of hexadecimal digits in an id; at least one of them must be a decimal digit.
  private static let shortestID = 8
  private static let zero = UInt8(ascii: "0")

  let bytes: UnsafeBufferPointer<UInt8>
  let kinds: UnsafeBufferPointer<ByteKind>
  let target: UnsafeMutableBufferPointer<UInt8>
  private var count = 0

  init(
    bytes: UnsafeBufferPointer<UInt8>, kinds: UnsafeBufferPointer<ByteKind>,
    target: UnsafeMutableBufferPointer<UInt8>
  ) {
    self.bytes = bytes
    self.kinds = kinds
    self.target = target
  }

  /// - Returns: the number of bytes written.
  mutating func fold() -> Int {
    var offset = 0
    while offset < bytes.count {
      let blank = blank(at: offset)
      if blank > 0 { offset += blank } else { offset = word(from: offset) }
    }
    return count
  }

  /// Adds a word and keeps the marks around its parts: `'/data/7.csv':` becomes the same as `'/data/8.csv':`.
  ///
  /// - Returns: the offset of the word's end.
  private mutating func word(from first: Int) -> Int {
    if count > 0 { add(0x20) }
    let start = count
    var offset = first
    var hasNumbers = false
    while offset < bytes.count, blank(at: offset) == 0 {
      if kinds[Int(bytes[offset])] == .mark {
        add(bytes[offset])
        offset += 1
      } else {
        offset = part(from: offset, &hasNumbers)
      }
    }
    if hasNumbers { shortenTimes(from: start) }
    return offset
  }

  /// Adds the part between two marks.
  ///
  /// - Returns: the offset of the part's end.
  private mutating func part(from start: Int, _ hasNumbers: inout Bool) -> Int {
    let isAddress =
      start + 1 < bytes.count && bytes[start] == Self.zero && bytes[start + 1] == UInt8(ascii: "x")
    var found: ByteKind = []
    var end = start + (isAddress ? 2 : 0)
    while end < bytes.count {
      let kind = kinds[Int(bytes[end])]
      if kind == .mark || kind == .blank && blank(at: end) > 0 { break }
      found.formUnion(kind)
      end += 1
    }
    if isAddress || found.contains(.digit) { hasNumbers = true }
    if found.contains(.slash) {
      for byte in "<path>".utf8 { add(byte) }
    } else if isAddress || found.contains(.digit),
      isNumber(start + (isAddress ? 2 : 0)..<end, found, isAddress)
    {
      add(Self.zero)
    } else if isAddress || found.contains(.digit) {
      let first = count
      for offset in start..<end {
        let byte = bytes[offset]
        if kinds[Int(byte)] != .digit {
          add(byte)
        } else if count == first || target[count - 1] != Self.zero {
          add(Self.zero)
        }
      }
    } else {
      _ = target[count...].update(fromContentsOf: bytes[start..<end])
      count += end - start
    }
    return end
  }

  /// Whether it is an address or an id, which consist of hexadecimal digits. Without `0x`, the caller requires a
  /// decimal digit, because words such as "added" also consist of hexadecimal digits.
  private func isNumber(_ part: Range<Int>, _ found: ByteKind, _ isAddress: Bool) -> Bool {
    guard found.isSubset(of: [.digit, .letterDigit, .dash]) else { return false }
    let digits = part.count { bytes[$0] != UInt8(ascii: "-") }
    return digits >= (isAddress ? 1 : Self.shortestID)
  }

  private func blank(at offset: Int) -> Int {
    kinds[Int(bytes[offset])] == .blank ? BlankText.length(of: bytes, at: offset) : 0
  }

  private mutating func add(_ byte: UInt8) {
    target[count] = byte
    count += 1
  }

  /// Shortens times in the word that begins at `start`: `0:0:0.0`, `0-0-0T0:0:0Z` and numbers with points become `0`.
  private mutating func shortenTimes(from start: Int) {
    var (read, written) = (start, start)
    while read < count {
      var length = 1
      if target[read] == Self.zero {
        // Ends at the last digit: a mark after a number is not part of it.
        var end = read + 1
        while end < count, Self.isOfTime(target[end]) {
          end += 1
          if target[end - 1] == Self.zero || target[end - 1] == UInt8(ascii: "Z") { length = end - read }
        }
      }
      target[written] = target[read]
      read += length
      written += 1
    }
    count = written
  }

  private static func isOfTime(_ byte: UInt8) -> Bool {
    switch byte {
    case zero, UInt8(ascii: ":"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "T"),
      UInt8(ascii: "Z"):
      true
    default: false
    }
  }
}
