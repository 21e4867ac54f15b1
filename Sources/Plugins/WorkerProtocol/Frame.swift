/// A message between driver and worker: on the wire, its length in four bytes and then its bytes.
///
/// The two programs are built and installed together, so there are no versions: what does not decode is an error.
public protocol Frame: Sendable {
  /// Appends its bytes, without the length in front.
  func encode(into writer: inout ByteWriter)
  /// Reads all of one frame's bytes, without the length in front. Throws ``FrameError`` where they make no frame.
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

/// Collects what is read from a stream, in pieces of any size, and yields the frames that are whole.
public struct FrameBuffer: Sendable {
  private var bytes: [UInt8] = []
  private var offset = 0

  /// Makes one that has read nothing.
  public init() {}

  /// Adds what was read from the stream, copied.
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

  /// The next whole frame, or nil until more has been read.
  public mutating func next<F: Frame>(_ type: F.Type = F.self) throws(FrameError) -> F? {
    guard bytes.count - offset >= 4 else { return nil }
    let length = (0..<4).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
    guard bytes.count - offset - 4 >= length else { return nil }
    let body = offset + 4..<offset + 4 + length
    offset = body.upperBound
    // A typed throw does not pass through withUnsafeBytes: carried over it as a result.
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
