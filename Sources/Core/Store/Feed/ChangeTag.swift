/// The first byte of a packed change: its kind in the lower four bits, flags above them. Stored: never changed, only added to.
enum ChangeTag: UInt8 {
  case skip = 0
  case instantiated, launched, started, ended, tasks, workflow, run, stopRequested, limit

  /// In the column `kinds`.
  var bit: Int64 { 1 << Int64(rawValue) }

  /// The node is that of the last change that named one.
  static let sameNode: UInt8 = 0x10
  /// ``AttemptEnd/isPlainSuccess``
  static let plainSuccess: UInt8 = 0x20
}
