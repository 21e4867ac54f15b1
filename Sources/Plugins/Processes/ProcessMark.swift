import CLinux
import Glibc

/// A number that a process and all its descendants carry, whatever they do to their environment, session or user, and
/// that others can read where the program may be executed only, or runs as another user. See `clinux_mark()`.
public struct ProcessMark: Hashable, Sendable {
  /// At least 2^63, and below the largest number, which means no limit.
  public let number: UInt64

  /// The mark of a task instance's processes.
  ///
  /// - Parameter token: `<batch token>.<index>`.
  public init(task token: String) { self.init(hashing: "task " + token) }

  /// The mark of a run's worker.
  ///
  /// - Parameter prefix: what the run's batch tokens begin with.
  public init(workerOf prefix: String) { self.init(hashing: "worker " + prefix) }

  /// The mark of a process; nil where it has none, or has ended.
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

  /// Puts it on a process of this user. False, with errno, where that is not possible.
  public func put(on process: pid_t) -> Bool { clinux_mark(process, number) == 0 }

  private static let line = "Max file locks"
  /// What a site may set as a limit is far below all marks.
  private static let smallest: UInt64 = 1 << 63

  /// FNV-1a with 64 bits, of which 63 are kept. The largest number means that there is no limit, and is no mark.
  private init(hashing text: String) {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0100_0000_01B3 }
    number = min(hash | Self.smallest, .max - 1)
  }
}
