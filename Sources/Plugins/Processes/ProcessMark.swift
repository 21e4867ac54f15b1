import CLinux
import Glibc

/// A number that a process and all its descendants carry, even if they change their environment, session or user. Other
/// processes can read it even if the program is execute-only or runs as another user. See `clinux_mark()`.
public struct ProcessMark: Hashable, Sendable {
  /// At least 2^63, and below the largest number, which means no limit.
  public let number: UInt64

  /// The mark of a task instance's processes.
  ///
  /// - Parameter token: `<batch token>.<index>`.
  public init(task token: String) { self.init(hashing: "task " + token) }

  /// The mark of a run's worker.
  ///
  /// - Parameter prefix: the common prefix of the run's batch tokens.
  public init(workerOf prefix: String) { self.init(hashing: "worker " + prefix) }

  /// The mark of a process; nil if it has none or has ended.
  public init?(of process: pid_t) {
    guard let text = SmallFile.bytes("/proc/\(process)/limits") else { return nil }
    let lines = text.split(separator: UInt8(ascii: "\n"))
    guard let line = lines.first(where: { $0.starts(with: Self.line.utf8) }) else { return nil }
    let fields = line.dropFirst(Self.line.utf8.count).split(separator: UInt8(ascii: " "))
    guard let soft = fields.first, let number = UInt64(String(decoding: soft, as: UTF8.self)),
      number >= Self.smallest
    else { return nil }
    self.number = number
  }

  /// Puts the mark on a process of this user. Returns false, with errno, if that is not possible.
  public func put(on process: pid_t) -> Bool { clinux_mark(process, number) == 0 }

  private static let line = "Max file locks"
  /// Limits that a site may set are far below all marks.
  private static let smallest: UInt64 = 1 << 63

  /// 64-bit FNV-1a, of which 63 bits are used. The largest number means no limit and is not a mark.
  private init(hashing text: String) {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0100_0000_01B3 }
    number = min(hash | Self.smallest, .max - 1)
  }
}
