import GuardedFiles
import LinuxProcesses

/// A file that a command writes its output to, for as long as there is anything of the command.
final class LogFile {
  /// How long a command may run until its files get their names, in microseconds: for whoever wants to look at them
  /// meanwhile. Most short commands have ended by then, and many have written nothing.
  static let patience: Int64 = 200_000

  /// How many have no name: each takes a descriptor.
  final class Count {
    var value = 0
  }

  let path: String
  private let opened: OpenFile?
  /// The file until it has its name.
  private(set) var unnamed: UnnamedFile?
  /// Whether it is removed at the end where nothing was written to it.
  let isRemovable: Bool
  private let count: Count

  /// - Parameter descriptor: the command's, of this file.
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

  /// The file, which is somebody else's from now on.
  @discardableResult
  func take() -> UnnamedFile? {
    guard let file = unnamed else { return nil }
    unnamed = nil
    count.value -= 1
    return file
  }
}
