import Foundation

/// Files that only their owner can read.
public enum PrivateFile {
  /// Creates the folder of a file, and those above it, private to the user. Existing folders are not changed.
  ///
  /// - Throws: the error of the file system.
  package static func makeFolder(of path: String) throws {
    let folder = OSFile.folder(of: path)
    if folder != path { try makeFolder(folder) }
  }

  /// Creates a folder and those above it, private to the user. Existing folders are not changed.
  ///
  /// - Throws: the error of the file system.
  static func makeFolder(_ folder: String) throws { try OSFile.makeFolders(folder) }

  /// Opens a file for writing and creates the folders above it. A new file is private from the beginning.
  ///
  /// - Parameter adding: append to the file; otherwise it is emptied.
  /// - Throws: the error of the file system.
  package static func open(_ path: String, adding: Bool = false) throws -> FileHandle {
    try makeFolder(of: path)
    let file = OSFile.open(path, O_WRONLY | O_CREAT | (adding ? O_APPEND : O_TRUNC))
    guard file >= 0 else { throw OSFile.lastError }
    return FileHandle(fileDescriptor: file, closeOnDealloc: true)
  }

  /// Writes a file as ``FileOutput`` does. New files and folders are private.
  ///
  /// - Throws: ``RunRefusal`` with `invalid_usage`, which names the file.
  public static func write(_ text: String, to path: String) throws {
    do {
      try makeFolder(of: try FileOutput.resolve(path))
      try FileOutput.write(Data(text.utf8), to: path, isPrivate: true)
    } catch {
      let why = (error as? FileOutput.Fault)?.description ?? error.localizedDescription
      throw RunRefusal(PrivateFileFault.unwritable(path, reason: why))
    }
  }
}

/// Why a private file was not written.
package enum PrivateFileFault: RefusalReason, Hashable {
  /// The system's error.
  case unwritable(String, reason: String)

  package var code: RunRefusal.Code { .invalidUsage }

  package var message: String {
    switch self {
    case .unwritable(let path, let reason): "\(path) cannot be written: \(reason)"
    }
  }
}
