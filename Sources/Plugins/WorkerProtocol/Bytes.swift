/// Bytes put one after the other: integers little-endian, text and lists behind their length.
public struct ByteWriter: Sendable {
  /// What was put so far, or what ``removeFirst(_:)`` has left of it.
  public private(set) var bytes: [UInt8] = []

  /// Makes one without bytes.
  public init() {}

  /// Appends one byte.
  public mutating func put(_ value: UInt8) { bytes.append(value) }

  /// Appends four bytes, little-endian.
  public mutating func put(_ value: UInt32) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  /// Appends eight bytes, little-endian.
  public mutating func put(_ value: Int64) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  /// Appends the length in four bytes, then the UTF-8.
  public mutating func put(_ text: String) {
    var text = text
    text.withUTF8 {
      put(UInt32($0.count))
      bytes.append(contentsOf: $0)
    }
  }

  /// Appends the number of texts in four bytes, then each text behind its length.
  public mutating func put(_ list: [String]) {
    put(UInt32(list.count))
    for text in list { put(text) }
  }

  /// Writes a length over the four bytes at `start`.
  mutating func patch(_ value: UInt32, at start: Int) {
    withUnsafeBytes(of: value.littleEndian) {
      for (offset, byte) in $0.enumerated() { bytes[start + offset] = byte }
    }
  }

  /// Removes all bytes and keeps the room for more.
  public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  /// Removes bytes that were sent.
  public mutating func removeFirst(_ count: Int) { bytes.removeFirst(count) }
}

/// Takes apart what a ``ByteWriter`` put together.
struct ByteReader {
  private let bytes: UnsafeRawBufferPointer
  private var offset = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// What has not been taken yet.
  var rest: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[offset...]) }

  mutating func byte() throws(FrameError) -> UInt8 { try take(1)[0] }

  mutating func uint32() throws(FrameError) -> UInt32 {
    UInt32(littleEndian: try take(4).loadUnaligned(as: UInt32.self))
  }

  mutating func int64() throws(FrameError) -> Int64 {
    Int64(littleEndian: try take(8).loadUnaligned(as: Int64.self))
  }

  mutating func text() throws(FrameError) -> String {
    String(decoding: try take(Int(try uint32())), as: UTF8.self)
  }

  mutating func list() throws(FrameError) -> [String] {
    var list: [String] = []
    for _ in 0..<(try uint32()) { list.append(try text()) }
    return list
  }

  private mutating func take(_ count: Int) throws(FrameError) -> UnsafeRawBufferPointer {
    guard count <= bytes.count - offset else { throw .cutShort }
    defer { offset += count }
    return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
  }
}

/// What the other end sent is no frame of ours: the two programs do not belong together.
public enum FrameError: Error, Hashable, Sendable {
  /// The bytes end before the frame does.
  case cutShort
  /// No frame, or no end of a command, begins with this byte.
  case unknownKind(UInt8)
}
