/// Reads what a ``ByteWriter`` wrote.
struct ByteReader {
  private let bytes: UnsafeRawBufferPointer
  private var offset = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// The bytes that were not read yet.
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
