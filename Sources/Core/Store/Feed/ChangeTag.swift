/// The first byte of a packed change: its kind in the lower four bits, and flags above them. The values are stored:
/// they are never changed, only added.
enum ChangeTag: UInt8 {
  case skip = 0
  case instantiated, launched, started, ended, tasks, workflow, run, stopRequested, limit

  /// Its bit in the column `kinds`.
  var bit: Int64 { 1 << Int64(rawValue) }

  /// The node is the same as in the last change with a node.
  static let sameNode: UInt8 = 0x10
  /// ``AttemptEnd/isPlainSuccess``
  static let plainSuccess: UInt8 = 0x20
}
