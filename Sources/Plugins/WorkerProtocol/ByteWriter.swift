/// Serializes values: integers little-endian, text and lists prefixed with their length.
public struct ByteWriter: Sendable {
  /// The bytes written so far, without those removed by ``removeFirst(_:)``.
  public private(set) var bytes: [UInt8] = []

  /// Creates an empty writer.
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

  /// Appends the number of texts in four bytes, then each text with its length in front.
  public mutating func put(_ list: [String]) {
    put(UInt32(list.count))
    for text in list { put(text) }
  }

  /// Overwrites the four bytes at `start` with a length.
  mutating func patch(_ value: UInt32, at start: Int) {
    withUnsafeBytes(of: value.littleEndian) {
      for (offset, byte) in $0.enumerated() { bytes[start + offset] = byte }
    }
  }

  /// Removes all bytes and keeps the allocated memory.
  public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  /// Removes bytes that were sent.
  public mutating func removeFirst(_ count: Int) { bytes.removeFirst(count) }
}
