import Foundation
import GuardedFiles

/// The disk of a run's log files, from the time it was found full until it has room again.
///
/// An executor says that an attempt found it full; whether that is so here, too, is asked of the disk, and again every second.
struct LogDisk {
  /// Milliseconds between looks at a full disk.
  private static let pause: Int64 = 1000
  /// Milliseconds until a disk that is full again is told again: one that fills up and is cleared all the time would be told
  /// all the time.
  private static let noticePause: Int64 = 600_000

  /// Folders without room.
  private var full: Set<String> = []
  private var nextLook: Int64 = 0
  private var lastTold: Int64?
  private var isTold = false

  var isFull: Bool { !full.isEmpty }

  /// When to look again (monotonic milliseconds); nil while there is room.
  var due: Int64? { full.isEmpty ? nil : nextLook }

  /// Whether one of an attempt's folders takes nothing more.
  ///
  /// - Parameter notice: told so, once.
  mutating func confirm(_ folders: [String], now: Int64, notice: (String) -> Void) -> Bool {
    // Many attempts fail at once, and one look is enough for all.
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

  /// Looks again, where that is due.
  ///
  /// - Returns: whether there is room now, which was not so before.
  mutating func hasRoomAgain(now: Int64, notice: (String) -> Void) -> Bool {
    guard let due, due <= now else { return false }
    nextLook = now + Self.pause
    full = full.filter { DiskRoom.fault(inOrAbove: $0) != nil }
    guard full.isEmpty else { return false }
    if isTold { notice("the disk of the log files has space again: starting tasks") }
    return true
  }
}
