import Foundation
import GuardedFiles

/// The disk of a run's log files, while it is full.
///
/// After an executor reports a full disk, the disk is checked on this host, and again every second.
struct LogDisk {
  /// Milliseconds between checks of a full disk.
  private static let pause: Int64 = 1000
  /// Milliseconds before a full disk is reported again. Otherwise a disk that repeatedly fills up and is cleared would
  /// be reported constantly.
  private static let noticePause: Int64 = 600_000

  /// Folders on a full disk.
  private var full: Set<String> = []
  private var nextLook: Int64 = 0
  private var lastTold: Int64?
  private var isTold = false

  var isFull: Bool { !full.isEmpty }

  /// When to check again (monotonic milliseconds); nil if the disk has room.
  var due: Int64? { full.isEmpty ? nil : nextLook }

  /// Whether any of an attempt's folders is on a full disk.
  ///
  /// - Parameter notice: called when a full disk is first found.
  mutating func confirm(_ folders: [String], now: Int64, notice: (String) -> Void) -> Bool {
    // Many attempts fail at the same time; one check is enough for all.
    if folders.contains(where: full.contains) { return true }
    guard
      let (folder, why) = folders.lazy.compactMap({ folder in
        DiskRoom.fault(inOrAbove: folder).map { (folder, $0) }
      }).first
    else { return false }
    if full.isEmpty {
      nextLook = now + Self.pause
      isTold = lastTold.map { now - $0 >= Self.noticePause } ?? true
      if isTold {
        lastTold = now
        notice(
          "the disk of the log files is full: \(folder): \(String(cString: strerror(why))); no new tasks until there is space"
        )
      }
    }
    full.insert(folder)
    return true
  }

  /// Checks again, if due.
  ///
  /// - Returns: whether the disk has room again.
  mutating func hasRoomAgain(now: Int64, notice: (String) -> Void) -> Bool {
    guard let due, due <= now else { return false }
    nextLook = now + Self.pause
    full = full.filter { DiskRoom.fault(inOrAbove: $0) != nil }
    guard full.isEmpty else { return false }
    if isTold { notice("the disk of the log files has space again: starting tasks") }
    return true
  }
}
