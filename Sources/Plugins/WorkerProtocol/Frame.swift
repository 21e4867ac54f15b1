/// A message between driver and worker. On the wire it is its length in four bytes, followed by its bytes.
///
/// The two programs are built and installed together, so there are no versions: a message that cannot be decoded is an
/// error.
public protocol Frame: Sendable {
  /// Appends its bytes, without the length in front.
  func encode(into writer: inout ByteWriter)
  /// Decodes all bytes of one frame, without the length in front. Throws ``FrameError`` if they are not a valid frame.
  init(decoding bytes: UnsafeRawBufferPointer) throws(FrameError)
}

extension ByteWriter {
  /// Appends a frame with its length in front.
  public mutating func put(frame: some Frame) {
    let start = bytes.count
    put(0 as UInt32)
    frame.encode(into: &self)
    patch(UInt32(bytes.count - start - 4), at: start)
  }
}

/// Collects the bytes read from a stream, in pieces of any size, and returns complete frames.
public struct FrameBuffer: Sendable {
  private var bytes: [UInt8] = []
  private var offset = 0

  /// Creates an empty buffer.
  public init() {}

  /// Appends a copy of bytes read from the stream.
  public mutating func append(_ piece: UnsafeRawBufferPointer) {
    if offset == bytes.count {
      bytes.removeAll(keepingCapacity: true)
      offset = 0
    } else if offset > 1 << 16 {
      bytes.removeFirst(offset)
      offset = 0
    }
    bytes.append(contentsOf: piece)
  }

  /// The next complete frame; nil if more bytes are needed.
  public mutating func next<F: Frame>(_ type: F.Type = F.self) throws(FrameError) -> F? {
    guard bytes.count - offset >= 4 else { return nil }
    let length = (0..<4).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
    guard bytes.count - offset - 4 >= length else { return nil }
    let body = offset + 4..<offset + 4 + length
    offset = body.upperBound
    // A typed throw cannot pass through withUnsafeBytes, so the error is passed as a result.
    let decoded: Result<F, FrameError> = bytes.withUnsafeBytes { all in
      do throws(FrameError) {
        return .success(try F(decoding: UnsafeRawBufferPointer(rebasing: all[body])))
      } catch {
        return .failure(error)
      }
    }
    return try decoded.get()
  }
}
