import Yams

/// Parses JSON (RFC 8259) into the same nodes as YAML, so that lines of JSON follow the same rules. Numbers keep their
/// original text.
///
/// Written for streams of a million lines, for which the YAML parser takes many times as long.
struct JSONReader {
  /// What is wrong, and the offset in bytes from 0.
  struct Fault: Error, Hashable {
    var message: String
    var offset: Int
  }

  /// Maximum depth of nested arrays and objects. No workflow needs more, and unlimited depth would exhaust the stack.
  private static let deepest = 200
  /// Shared by all nodes. It is never resolved.
  nonisolated(unsafe) private static let tag = Tag(.implicit)

  private let bytes: UnsafeBufferPointer<UInt8>
  private(set) var offset = 0
  private var depth = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// Parses a text that consists of one value.
  static func node(_ bytes: UnsafeBufferPointer<UInt8>) throws(Fault) -> Node {
    var reader = JSONReader(bytes)
    let node = try reader.value()
    reader.skipBlanks()
    guard reader.offset == bytes.count else {
      throw reader.fault("unexpected text after the end of the value")
    }
    return node
  }

  /// Parses the next value and the blanks before it.
  mutating func value() throws(Fault) -> Node {
    skipBlanks()
    guard offset < bytes.count else { throw fault("expected a value, but the text ends here") }
    switch bytes[offset] {
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "\""): return .scalar(Node.Scalar(try string(), Self.tag, .doubleQuoted))
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default:
      for word in ["true", "false", "null"] where starts(with: word) {
        offset += word.utf8.count
        return .scalar(Node.Scalar(word, Self.tag, .plain))
      }
      throw fault(
        "expected a JSON value: an object, a list, a text in double quotes, a number, true, false or null")
    }
  }

  private func starts(with word: String) -> Bool { bytes[offset...].starts(with: word.utf8) }

  private func fault(_ message: String) -> Fault { Fault(message: message, offset: offset) }

  private mutating func skipBlanks() {
    while offset < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[offset]) { offset += 1 }
  }

  private mutating func enter() throws(Fault) {
    offset += 1
    depth += 1
    if depth > Self.deepest {
      throw fault("lists and objects are nested more than \(Self.deepest) levels deep")
    }
  }

  private mutating func object() throws(Fault) -> Node {
    try enter()
    var pairs: [(Node, Node)] = []
    skipBlanks()
    while peek != UInt8(ascii: "}") {
      guard peek == UInt8(ascii: "\"") else { throw fault("expected a key in double quotes") }
      let start = offset
      let key = try string()
      if pairs.contains(where: { $0.0.scalar?.string == key }) {
        throw Fault(message: "the key '\(key)' is given twice; keep one", offset: start)
      }
      skipBlanks()
      guard peek == UInt8(ascii: ":") else { throw fault("expected a colon after the key '\(key)'") }
      offset += 1
      pairs.append((.scalar(Node.Scalar(key, Self.tag, .doubleQuoted)), try value()))
      try separate(from: UInt8(ascii: "}"), "expected a comma or the object's closing brace")
    }
    offset += 1
    depth -= 1
    return .mapping(Node.Mapping(pairs, Self.tag))
  }

  private mutating func array() throws(Fault) -> Node {
    try enter()
    var items: [Node] = []
    skipBlanks()
    while peek != UInt8(ascii: "]") {
      items.append(try value())
      try separate(from: UInt8(ascii: "]"), "expected a comma or the list's closing bracket")
    }
    offset += 1
    depth -= 1
    return .sequence(Node.Sequence(items, Self.tag))
  }

  /// Reads the separator after a member: a comma, or the end of the object or list.
  private mutating func separate(from end: UInt8, _ expected: String) throws(Fault) {
    skipBlanks()
    if peek == end { return }
    guard peek == UInt8(ascii: ",") else { throw fault(expected) }
    offset += 1
    skipBlanks()
    if peek == end { throw fault("nothing follows the comma; remove it") }
  }

  private var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private mutating func number() throws(Fault) -> Node {
    let start = offset
    while let byte = peek, JSONReader.isNumberByte(byte) { offset += 1 }
    let text = String(decoding: bytes[start..<offset], as: UTF8.self)
    guard JSONNumber.isOne(text) else {
      throw Fault(message: "'\(text)' is not a JSON number", offset: start)
    }
    return .scalar(Node.Scalar(text, Self.tag, .plain))
  }

  private static func isNumberByte(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains(byte)
  }

  private mutating func string() throws(Fault) -> String {
    offset += 1
    let start = offset
    while let byte = peek, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
      if byte < 0x20 { throw fault("a text contains a control character; write it as \\u00\(hex(byte))") }
      offset += 1
    }
    if peek == UInt8(ascii: "\"") {
      defer { offset += 1 }
      return try text(bytes[start..<offset], start)
    }
    var collected = Array(bytes[start..<offset])
    while let byte = peek {
      if byte == UInt8(ascii: "\"") {
        offset += 1
        return try collected.withUnsafeBufferPointer { (all) throws(Fault) in try text(all[...], start) }
      }
      if byte == UInt8(ascii: "\\") {
        try escape(into: &collected)
      } else {
        if byte < 0x20 { throw fault("a text contains a control character; write it as \\u00\(hex(byte))") }
        collected.append(byte)
        offset += 1
      }
    }
    throw fault("a text has no closing quote")
  }

  private func text(_ bytes: Slice<UnsafeBufferPointer<UInt8>>, _ start: Int) throws(Fault) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Fault(message: "a text is not UTF-8", offset: start)
    }
    return text
  }

  private func hex(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }

  private mutating func escape(into text: inout [UInt8]) throws(Fault) {
    offset += 1
    guard let letter = peek else { throw fault("a text has no closing quote") }
    offset += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter)
    case UInt8(ascii: "b"): text.append(8)
    case UInt8(ascii: "f"): text.append(12)
    case UInt8(ascii: "n"): text.append(10)
    case UInt8(ascii: "r"): text.append(13)
    case UInt8(ascii: "t"): text.append(9)
    case UInt8(ascii: "u"):
      var code = try fourDigits()
      if (0xD800..<0xDC00).contains(code) {
        guard starts(with: "\\u") else { throw fault("an incomplete surrogate pair") }
        offset += 2
        let low = try fourDigits()
        guard (0xDC00..<0xE000).contains(low) else { throw fault("an incomplete surrogate pair") }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw fault("an incomplete surrogate pair") }
      text.append(contentsOf: String(Character(scalar)).utf8)
    default:
      offset -= 1
      throw fault("\\\(Character(Unicode.Scalar(letter))) is not a valid escape sequence")
    }
  }

  private mutating func fourDigits() throws(Fault) -> UInt32 {
    guard offset + 4 <= bytes.count else { throw fault("expected four hexadecimal digits") }
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(bytes[offset])).hexDigitValue else {
        throw fault("expected four hexadecimal digits")
      }
      code = code << 4 | UInt32(digit)
      offset += 1
    }
    return code
  }
}
