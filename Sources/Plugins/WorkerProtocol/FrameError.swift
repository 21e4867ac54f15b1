/// The other program sent an invalid frame: the two programs are not from the same build.
public enum FrameError: Error, Hashable, Sendable {
  /// The bytes end before the frame does.
  case cutShort
  /// No frame, and no end of a command, begins with this byte.
  case unknownKind(UInt8)
}
