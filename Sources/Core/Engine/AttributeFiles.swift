import Foundation
import OSText

/// What commands write about their tasks: `key=value` lines in the file `$JOBMON_ATTRIBUTES`.
struct AttributeFiles {
  /// A file that is longer, in bytes, is no list of attributes.
  private static let longest = 64 << 10

  /// The file of each instance that is under way.
  private var paths: [TaskInstanceID: String] = [:]
  /// Files that were read, to be removed when what they said is committed.
  private var read: [String] = []
  private var hasComplained = false

  /// Makes the folder of what commands may write, unless it is there.
  ///
  /// - Parameter fault: told once why it cannot be made.
  mutating func makeFolder(_ path: String, fault: (String) -> Void) {
    if OSText.withCString(path, { mkdir($0, 0o700) }) == 0 || errno == EEXIST { return }
    do {
      try PrivateFile.makeFolder(path)
    } catch {
      if hasComplained { return }
      hasComplained = true
      fault("\(path) cannot be made, where commands write attributes: \(error.localizedDescription)")
    }
  }

  mutating func expect(_ path: String, of instance: TaskInstanceID) { paths[instance] = path }

  /// Takes what an instance that has ended left behind; nil where it wrote none.
  ///
  /// - Parameter fault: told what cannot be an attribute.
  mutating func take(_ instance: TaskInstanceID, fault: (String) -> Void) -> [String: String]? {
    guard let path = paths.removeValue(forKey: instance), OSFile.exists(path) else { return nil }
    read.append(path)
    var status = stat()
    guard OSText.withCString(path, { lstat($0, &status) }) == 0, status.st_mode & S_IFMT == S_IFREG,
      status.st_size <= Self.longest,
      let bytes = OSFile.contents(path)
    else {
      fault("\(path) is no file of at most \(Self.longest / 1024) KiB: its attributes are not taken")
      return nil
    }
    var attributes: [String: String] = [:]
    let text = TextLines.withoutMark(String(decoding: bytes, as: UTF8.self))
    for line in TextLines.split(text) where !TextLines.isBlank(line) {
      guard let (name, value) = Assignment.split(line), !name.isEmpty, !line.utf8.contains(0) else {
        fault("\(path): '\(line.prefix(80))' is no key=value")
        continue
      }
      attributes[name] = value
    }
    return attributes
  }

  /// Removes what was read.
  mutating func removeRead() {
    for path in read { OSFile.unlink(path) }
    read = []
  }
}
