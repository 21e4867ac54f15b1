/// What the other end sent is no frame of ours: the two programs do not belong together.
public enum FrameError: Error, Hashable, Sendable {
  /// The bytes end before the frame does.
  case cutShort
  /// No frame, or no end of a command, begins with this byte.
  case unknownKind(UInt8)
}
