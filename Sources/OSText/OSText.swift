import Glibc

/// Text that represents bytes of the operating system: paths, and environment variables. They are usually UTF-8, but
/// need not be.
///
/// A byte 0xNN that is not part of valid UTF-8 becomes the scalar U+10FENN, in a private use range (U+10FE80 to
/// U+10FEFF). If the bytes contain scalars of that range, each of their bytes is escaped. Therefore decoding always
/// returns the original bytes, and text without such scalars, which is nearly all text, represents itself.
///
/// Does not use Foundation because the worker links this module.
public enum OSText {
  // The UTF-8 of an escape is F4 8F, then BA for bytes below C0 or BB for the others, then the low six bits.
  private static let first: UInt8 = 0xF4
  private static let second: UInt8 = 0x8F
  private static let third: UInt8 = 0xBA

  // MARK: Text from the system

  /// The text that represents these bytes.
  public static func text(_ bytes: UnsafeRawBufferPointer) -> String {
    if let text = String(validating: bytes, as: UTF8.self), firstEscape(in: bytes, from: 0) == nil {
      return text
    }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count + 16)
    var offset = 0
    while offset < bytes.count {
      let length = scalarLength(bytes, at: offset)
      if length > 0, !isEscape(bytes, at: offset) {
        result.append(contentsOf: bytes[offset..<offset + length])
      } else {
        for byte in bytes[offset..<offset + max(1, length)] {
          result += [first, second, third | (byte >> 6 & 1), 0x80 | (byte & 0x3F)]
        }
      }
      offset += max(1, length)
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// The text that represents a C string.
  public static func text(_ string: UnsafePointer<CChar>) -> String {
    text(UnsafeRawBufferPointer(start: string, count: strlen(string)))
  }

  /// The environment of this process, `NAME=value`, in the original order.
  public static var environment: [String] {
    var list: [String] = []
    var entry = environ
    while let variable = entry.pointee {
      list.append(text(variable))
      entry += 1
    }
    return list
  }

  /// The environment of this process, by name. If a name occurs twice, the first value counts, as for getenv(3).
  public static var environmentByName: [String: String] {
    var values: [String: String] = [:]
    for variable in environment {
      guard let sign = variable.utf8.firstIndex(of: UInt8(ascii: "=")) else { continue }
      let name = String(variable[..<sign])
      if values[name] == nil { values[name] = String(variable[variable.utf8.index(after: sign)...]) }
    }
    return values
  }

  /// The value of a variable of this process's environment.
  public static func variable(_ name: String) -> String? { getenv(name).map { text($0) } }

  /// The arguments of this process. The first is its name.
  public static var arguments: [String] {
    (0..<Int(CommandLine.argc)).compactMap { CommandLine.unsafeArgv[$0].map { text($0) } }
  }

  /// The working directory of this process; nil if it was removed.
  public static var currentFolder: String? {
    guard let path = getcwd(nil, 0) else { return nil }
    defer { free(path) }
    return text(path)
  }

  /// The target of a symbolic link; nil if it cannot be read.
  public static func target(ofLink path: String) -> String? {
    withUnsafeTemporaryAllocation(byteCount: Int(PATH_MAX), alignment: 1) { buffer in
      let start = buffer.baseAddress!.assumingMemoryBound(to: CChar.self)
      let count = withCString(path) { readlink($0, start, buffer.count) }
      return count < 0 ? nil : text(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
  }

  // MARK: Text to the system

  /// Whether the text represents bytes that are not valid UTF-8. Other programs cannot use such text.
  public static func hasEscapes(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { firstEscape(in: UnsafeRawBufferPointer($0), from: 0) != nil }
  }

  /// The bytes that a text represents.
  public static func bytes(_ text: String) -> [UInt8] {
    var text = text
    return text.withUTF8 { utf8 in
      [UInt8](unsafeUninitializedCapacity: utf8.count) { buffer, count in
        if let start = buffer.baseAddress { count = decode(utf8, into: start) }
      }
    }
  }

  /// Calls `body` with the bytes that a text represents. They are not copied if the text has no escapes.
  public static func withBytes<Result>(
    _ text: String, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    var text = text
    return try text.withUTF8 { utf8 in
      let utf8 = UnsafeRawBufferPointer(utf8)
      if firstEscape(in: utf8, from: 0) == nil { return try body(utf8) }
      return try bytes(String(decoding: utf8, as: UTF8.self)).withUnsafeBytes(body)
    }
  }

  /// Writes the bytes that a text represents, and returns their number. It is never greater than the length of the
  /// text.
  public static func decode(_ utf8: UnsafeBufferPointer<UInt8>, into target: UnsafeMutableRawPointer) -> Int {
    guard let source = utf8.baseAddress else { return 0 }
    let raw = UnsafeRawBufferPointer(utf8)
    var offset = 0
    var written = 0
    while let escape = firstEscape(in: raw, from: offset) {
      memcpy(target + written, source + offset, escape - offset)
      written += escape - offset
      let byte = 0x80 | (raw[escape + 2] & 1) << 6 | (raw[escape + 3] & 0x3F)
      target.storeBytes(of: byte, toByteOffset: written, as: UInt8.self)
      written += 1
      offset = escape + 4
    }
    memcpy(target + written, source + offset, utf8.count - offset)
    return written + utf8.count - offset
  }

  /// Calls `body` with the bytes that a text represents, as a C string.
  public static func withCString<Result>(
    _ text: String, _ body: (UnsafePointer<CChar>) throws -> Result
  ) rethrows -> Result {
    guard hasEscapes(text) else { return try text.withCString(body) }
    return try (bytes(text) + [0]).withUnsafeBufferPointer { buffer in
      try buffer.withMemoryRebound(to: CChar.self) { try body($0.baseAddress!) }
    }
  }

  /// The same as a new C string, which the caller must free.
  public static func duplicate(_ text: String) -> UnsafeMutablePointer<CChar> {
    var text = text
    return text.withUTF8 { utf8 in
      let copy = UnsafeMutableRawPointer(malloc(utf8.count + 1)!)
      let count = decode(utf8, into: copy)
      copy.storeBytes(of: 0, toByteOffset: count, as: UInt8.self)
      return copy.assumingMemoryBound(to: CChar.self)
    }
  }

  /// Converts ordinary text to text that represents its bytes. Only text with scalars of the private range changes.
  public static func escaping(_ text: String) -> String {
    guard hasEscapes(text) else { return text }
    var text = text
    return text.withUTF8 { Self.text(UnsafeRawBufferPointer($0)) }
  }

  // MARK: UTF-8

  /// Where the next escape begins. Usually one call of memchr: the byte F4 occurs only in scalars of plane 16.
  private static func firstEscape(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
    guard let base = bytes.baseAddress else { return nil }
    var offset = start
    while offset < bytes.count, let found = memchr(base + offset, Int32(first), bytes.count - offset) {
      offset = UnsafeRawPointer(found) - base
      if isEscape(bytes, at: offset) { return offset }
      offset += 1
    }
    return nil
  }

  private static func isEscape(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Bool {
    offset + 3 < bytes.count && bytes[offset] == first && bytes[offset + 1] == second
      && bytes[offset + 2] & 0xFE == third && bytes[offset + 3] & 0xC0 == 0x80
  }

  /// The length of the scalar that begins at an offset; 0 if none begins there (table 3-7 of the Unicode Standard).
  private static func scalarLength(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Int {
    func isNext(_ distance: Int, _ range: ClosedRange<UInt8> = 0x80...0xBF) -> Bool {
      offset + distance < bytes.count && range.contains(bytes[offset + distance])
    }
    switch bytes[offset] {
    case 0x00...0x7F: return 1
    case 0xC2...0xDF: return isNext(1) ? 2 : 0
    case 0xE0: return isNext(1, 0xA0...0xBF) && isNext(2) ? 3 : 0
    case 0xED: return isNext(1, 0x80...0x9F) && isNext(2) ? 3 : 0
    case 0xE1...0xEF: return isNext(1) && isNext(2) ? 3 : 0
    case 0xF0: return isNext(1, 0x90...0xBF) && isNext(2) && isNext(3) ? 4 : 0
    case 0xF1...0xF3: return isNext(1) && isNext(2) && isNext(3) ? 4 : 0
    case 0xF4: return isNext(1, 0x80...0x8F) && isNext(2) && isNext(3) ? 4 : 0
    default: return 0
    }
  }
}
