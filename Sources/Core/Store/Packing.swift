/// Compact encodings of columns that no query looks into.
enum Packing {
  /// Packs texts. Each is preceded by its length in bytes as a varint.
  static func pack(_ texts: [String]) -> [UInt8] {
    var bytes: [UInt8] = []
    for text in texts {
      append(UInt64(text.utf8.count), to: &bytes)
      bytes.append(contentsOf: text.utf8)
    }
    return bytes
  }

  static func unpackTexts(_ bytes: UnsafeRawBufferPointer) -> [String] {
    var texts: [String] = []
    var offset = 0
    while offset < bytes.count {
      let length = Int(next(in: bytes, at: &offset))
      let end = min(offset + length, bytes.count)
      texts.append(String(decoding: UnsafeRawBufferPointer(rebasing: bytes[offset..<end]), as: UTF8.self))
      offset = end
    }
    return texts
  }

  /// Packs ascending numbers. Each is stored as its difference to the previous number, as a varint.
  static func pack(_ members: some Collection<Int32>) -> [UInt8] {
    var bytes: [UInt8] = []
    var last: Int32 = 0
    for member in members {
      append(UInt64(member - last), to: &bytes)
      last = member
    }
    return bytes
  }

  static func unpackMembers(_ bytes: UnsafeRawBufferPointer) -> [Int32] {
    var members: [Int32] = []
    var offset = 0
    var last: Int32 = 0
    while offset < bytes.count {
      last += Int32(truncatingIfNeeded: next(in: bytes, at: &offset))
      members.append(last)
    }
    return members
  }

  private static func append(_ value: UInt64, to bytes: inout [UInt8]) {
    var value = value
    while value >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
      value >>= 7
    }
    bytes.append(UInt8(value))
  }

  private static func next(in bytes: UnsafeRawBufferPointer, at offset: inout Int) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while offset < bytes.count {
      let byte = bytes[offset]
      offset += 1
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { break }
      shift += 7
    }
    return value
  }
}
