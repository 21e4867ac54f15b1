import Foundation
import GuardedFiles
import JobmonCore
import OSText

/// A log file, printed byte for byte or with its control characters made visible.
final class LogText {
  let path: String
  /// Why an existing file is not shown, for example because it is not a regular file; nil otherwise.
  private(set) var refusal: FileFault?
  private var visible: VisibleText?
  private var offset: UInt64 = 0

  init(path: String, visible: VisibleText?) {
    self.path = path
    self.visible = visible
  }

  /// Whether anything exists at the path.
  var isThere: Bool {
    OSFile.status(path, followsLinks: false) != nil || errno != ENOENT && errno != ENOTDIR
  }

  /// Prints what has been added since the last call.
  ///
  /// - Returns: whether the file exists.
  func print(lastLines: Int?) throws -> Bool {
    try read(lastLines: lastLines) { bytes in
      try StandardOutput.write(visible?.take(bytes).withUnsafeBytes { Data($0) } ?? bytes)
    }
  }

  /// Prints the bytes of an incomplete character at the end of the file.
  func finish() throws {
    if let rest = visible?.end(), !rest.isEmpty { try StandardOutput.write(Data(rest)) }
  }

  /// The content as text, with invalid UTF-8 replaced; nil if the file does not exist.
  func text(lastLines: Int?) throws -> String? {
    var all = Data()
    return try read(lastLines: lastLines) { all += $0 } ? String(decoding: all, as: UTF8.self) : nil
  }

  /// - Returns: whether the file exists; false, with ``refusal`` set, if it exists and is not shown.
  /// - Throws: ``RunRefusal`` with `not_found` if it cannot be read.
  private func read(lastLines: Int?, _ body: (Data) throws -> Void) throws -> Bool {
    let descriptor: Int32
    do throws(FileFault) { descriptor = try GuardedFile.reading(path) } catch {
      refusal = error.isRefusal ? error : nil
      if error.isRefusal || [ENOENT, ENOTDIR].contains(error.code) { return false }
      throw RunRefusal(AbsenceFault.log(path, reason: "\(error)"))
    }
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    if let lastLines {
      do throws(FileFault) { offset = try LogTail.start(ofLast: lastLines, in: descriptor, path) } catch {
        throw RunRefusal(AbsenceFault.log(path, reason: "\(error)"))
      }
    }
    try file.seek(toOffset: offset)
    while let bytes = try file.read(upToCount: 1 << 16), !bytes.isEmpty {
      offset += UInt64(bytes.count)
      try body(bytes)
    }
    return true
  }
}
