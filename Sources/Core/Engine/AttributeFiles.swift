import Foundation
import GuardedFiles
import JobmonModel
import OSText

/// Task attributes written by commands: `key=value` lines in the file `$JOBMON_ATTRIBUTES`.
struct AttributeFiles {
  /// Maximum size of an attribute file, in bytes; a larger file is invalid.
  private static let longest = 64 << 10

  /// The file of each unfinished instance.
  private var paths: [TaskInstanceID: String] = [:]
  /// Files already read; they are removed after their content is committed.
  private var read: [String] = []
  private var folder: GuardedFolder?
  private var hasComplained = false

  /// Whether no file is expected.
  var isEmpty: Bool { paths.isEmpty }

  /// Creates the folder for attribute files if it does not exist.
  ///
  /// - Parameter fault: called once with the reason if the folder cannot be used.
  /// - Returns: the fault if the disk is full; nil otherwise.
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

  /// Takes the attributes that a finished instance wrote; nil if it wrote none.
  ///
  /// - Parameter fault: called with each fault of the file or its lines.
  mutating func take(_ instance: TaskInstanceID, fault: (String) -> Void) -> [String: String]? {
    guard let path = paths.removeValue(forKey: instance) else { return nil }
    let bytes: Data
    do throws(FileFault) {
      bytes = try OSFile.guardedContents(path, most: Self.longest)
    } catch {
      // No file exists, or the folder could not be written to.
      if !error.isRefusal, !OSFile.exists(path) { return nil }
      read.append(path)
      let why = error.code == EFBIG ? "" : ": \(error)"
      fault(
        "\(path) is not a regular file of at most \(Self.longest / 1024) KiB: its attributes are ignored\(why)"
      )
      return nil
    }
    read.append(path)
    // Unchanged or emptied since the worker created it.
    if bytes.isEmpty { return nil }
    var attributes: [String: String] = [:]
    let text = TextLines.withoutMark(String(decoding: bytes, as: UTF8.self))
    for line in TextLines.split(text) where !TextLines.isBlank(line) {
      guard let (name, value) = Assignment.split(line), !name.isEmpty, !line.utf8.contains(0) else {
        fault("\(path): '\(line.prefix(80))' does not have the form key=value")
        continue
      }
      attributes[name] = value
    }
    return attributes
  }

  /// Removes the files already read.
  mutating func removeRead() {
    for path in read { OSFile.unlink(path) }
    read = []
  }
}
