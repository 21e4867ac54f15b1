import Foundation
import GuardedFiles
import JobmonModel
import OSText

/// What commands write about their tasks: `key=value` lines in the file `$JOBMON_ATTRIBUTES`.
struct AttributeFiles {
  /// A file that is longer, in bytes, is no list of attributes.
  private static let longest = 64 << 10

  /// The file of each instance that is under way.
  private var paths: [TaskInstanceID: String] = [:]
  /// Files that were read, to be removed when what they said is committed.
  private var read: [String] = []
  private var folder: GuardedFolder?
  private var hasComplained = false

  /// Whether nothing is expected of anybody.
  var isEmpty: Bool { paths.isEmpty }

  /// Makes the folder of what commands may write, unless it is there.
  ///
  /// - Parameter fault: told once why it cannot be used.
  /// - Returns: why there is no room for it; nil where that is not what is wrong.
  mutating func makeFolder(_ path: String, fault: (String) -> Void) -> FileFault? {
    if let folder, folder.path == path, folder.isInPlace { return nil }
    do throws(FileFault) {
      folder = try GuardedFolder.ofLogs(path, makes: true)
    } catch {
      if error.isFullDisk { return error }
      if hasComplained { return nil }
      hasComplained = true
      let place = error.path == path ? "" : "\(error.path): "
      fault("\(path) cannot be created for the attributes of commands: \(place)\(error)")
    }
    return nil
  }

  mutating func expect(_ path: String, of instance: TaskInstanceID) { paths[instance] = path }

  /// Takes what an instance that has ended left behind; nil where it wrote none.
  ///
  /// - Parameter fault: told what cannot be an attribute.
  mutating func take(_ instance: TaskInstanceID, fault: (String) -> Void) -> [String: String]? {
    guard let path = paths.removeValue(forKey: instance) else { return nil }
    let bytes: Data
    do throws(FileFault) {
      bytes = try OSFile.guardedContents(path, most: Self.longest)
    } catch {
      // Nothing is there, or in a folder that nobody could write to.
      if !error.isRefusal, !OSFile.exists(path) { return nil }
      read.append(path)
      let why = error.code == EFBIG ? "" : ": \(error)"
      fault("\(path) is not a file of at most \(Self.longest / 1024) KiB: its attributes are ignored\(why)")
      return nil
    }
    read.append(path)
    // As the worker has made it, or emptied.
    if bytes.isEmpty { return nil }
    var attributes: [String: String] = [:]
    let text = TextLines.withoutMark(String(decoding: bytes, as: UTF8.self))
    for line in TextLines.split(text) where !TextLines.isBlank(line) {
      guard let (name, value) = Assignment.split(line), !name.isEmpty, !line.utf8.contains(0) else {
        fault("\(path): '\(line.prefix(80))' is not key=value")
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
