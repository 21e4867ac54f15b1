import Foundation

/// Files that only their owner can read.
public enum PrivateFile {
  /// Makes the folder of a file, and those above it, private to the user; those that are there stay as they are.
  ///
  /// - Throws: what the file system says.
  package static func makeFolder(of path: String) throws {
    let folder = OSFile.folder(of: path)
    if folder != path { try makeFolder(folder) }
  }

  /// Makes a folder and those above it, private to the user; those that are there stay as they are.
  ///
  /// - Throws: what the file system says.
  static func makeFolder(_ folder: String) throws { try OSFile.makeFolders(folder) }

  /// Opens a file to write to, with the folders above it; a new one is private from its first byte.
  ///
  /// - Parameter adding: behind what it holds; else it is emptied.
  /// - Throws: what the file system says.
  package static func open(_ path: String, adding: Bool = false) throws -> FileHandle {
    try makeFolder(of: path)
    let file = OSFile.open(path, O_WRONLY | O_CREAT | (adding ? O_APPEND : O_TRUNC))
    guard file >= 0 else { throw OSFile.lastError }
    return FileHandle(fileDescriptor: file, closeOnDealloc: true)
  }

  /// Writes a file as ``FileOutput`` does. A new one, and a folder that has to be made for it, are private.
  ///
  /// - Throws: ``RunRefusal`` with `invalid_usage`, naming the file.
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

/// Why a file is not written that only its owner may read.
package enum PrivateFileFault: RefusalReason, Hashable {
  /// What the system says.
  case unwritable(String, reason: String)

  package var code: RunRefusal.Code { .invalidUsage }

  package var message: String {
    switch self {
    case .unwritable(let path, let reason): "\(path) cannot be written: \(reason)"
    }
  }
}
