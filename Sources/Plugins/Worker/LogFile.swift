import GuardedFiles
import LinuxProcesses

/// A log file of a command, for as long as processes of the command exist.
final class LogFile {
  /// How long a command may run before its files get their names, in microseconds, so that users can read them while it
  /// runs. Most short commands have ended by then, and many have written nothing.
  static let patience: Int64 = 200_000

  /// The number of files without a name; each needs a descriptor.
  final class Count {
    var value = 0
  }

  let path: String
  private let opened: OpenFile?
  /// The file, while it has no name.
  private(set) var unnamed: UnnamedFile?
  /// Whether it is removed at the end if nothing was written to it.
  let isRemovable: Bool
  private let count: Count

  /// - Parameter descriptor: the command's descriptor of this file.
  init(_ path: String, descriptor: Int32, unnamed: UnnamedFile?, isRemovable: Bool, count: Count) {
    self.path = path
    opened = OpenFile(descriptor: descriptor)
    self.unnamed = unnamed
    self.isRemovable = isRemovable
    self.count = count
    if unnamed != nil { count.value += 1 }
  }

  deinit { take() }

  func isOne(of files: [OpenFile]) -> Bool { opened.map(files.contains) ?? false }

  /// Returns the file and gives up its ownership.
  @discardableResult
  func take() -> UnnamedFile? {
    guard let file = unnamed else { return nil }
    unnamed = nil
    count.value -= 1
    return file
  }
}
