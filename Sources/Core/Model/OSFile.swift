import Foundation
import GuardedFiles
import OSText

/// Files and folders, with paths as ``OSText``, which Foundation does not support.
package enum OSFile {
  /// open(2), closed on exec. A descriptor, or -1 with errno.
  package static func open(_ path: String, _ flags: Int32, _ mode: mode_t = 0o600) -> Int32 {
    OSText.withCString(path) { Glibc.open($0, flags | O_CLOEXEC, mode) }
  }

  package static func exists(_ path: String) -> Bool { can(path, F_OK) }

  /// access(2).
  package static func can(_ path: String, _ mode: Int32) -> Bool {
    OSText.withCString(path) { Glibc.access($0, mode) } == 0
  }

  /// stat(2), or lstat(2) to get the status of a link itself; nil with errno.
  package static func status(_ path: String, followsLinks: Bool = true) -> stat? {
    var found = stat()
    let result = OSText.withCString(path) { followsLinks ? stat($0, &found) : lstat($0, &found) }
    return result == 0 ? found : nil
  }

  /// Whether it exists and is a folder.
  package static func isFolder(_ path: String, followsLinks: Bool = true) -> Bool {
    status(path, followsLinks: followsLinks).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false
  }

  /// The contents of a file that a person has named, which may be a FIFO; nil with errno if it cannot be read.
  package static func contents(_ path: String) -> Data? {
    guard let file = reading(path) else { return nil }
    do { return try file.readToEnd() ?? Data() } catch { return nil }
  }

  private static func reading(_ path: String) -> FileHandle? {
    let file = open(path, O_RDONLY)
    return file < 0 ? nil : FileHandle(fileDescriptor: file, closeOnDealloc: true)
  }

  /// The contents of a file that was written by commands or other programs (``GuardedFile``).
  ///
  /// - Parameter most: maximum size in bytes; a larger file is an error (EFBIG).
  package static func guardedContents(_ path: String, most: Int = .max) throws(FileFault) -> Data {
    let file = try GuardedFile.reading(path)
    defer { close(file) }
    var bytes = Data()
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(file, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw FileFault(path, .system(errno)) }
      if count == 0 { return bytes }
      bytes += piece[..<count]
      guard bytes.count <= most else { throw FileFault(path, .system(EFBIG)) }
    }
  }

  /// rename(2); false with errno.
  package static func rename(_ path: String, _ target: String) -> Bool {
    OSText.withCString(path) { path in OSText.withCString(target) { Glibc.rename(path, $0) } } == 0
  }

  /// Copies the contents of a file into an existing file, and syncs it.
  ///
  /// - Throws: the error of the file system.
  package static func copy(_ path: String, to target: String) throws {
    guard let source = reading(path) else { throw lastError }
    let file = open(target, O_WRONLY | O_TRUNC)
    guard file >= 0 else { throw lastError }
    defer { close(file) }
    while let piece = try source.read(upToCount: 1 << 20), !piece.isEmpty {
      let why = piece.withUnsafeBytes { Descriptor.write($0, to: file) }
      if why != 0 { throw POSIXError(POSIXErrorCode(rawValue: why) ?? .EIO) }
    }
    if fsync(file) != 0 { throw lastError }
  }

  /// link(2): a second name for a file; fails if the name exists. On a file system without hard links, the file is
  /// renamed instead. False with errno.
  package static func link(_ path: String, _ name: String) -> Bool {
    if OSText.withCString(path, { path in OSText.withCString(name) { Glibc.link(path, $0) } }) == 0 {
      return true
    }
    return [EPERM, EOPNOTSUPP].contains(errno) && !exists(name) && rename(path, name)
  }

  /// The error of the last failed call, from errno.
  package static var lastError: POSIXError { POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }

  /// The names in a folder; empty if it cannot be read.
  package static func names(in path: String) -> [String] { names(in: path, most: .max).names }

  /// At most `most` of the names in a folder, and whether these are all.
  package static func names(in path: String, most: Int) -> (names: [String], isWhole: Bool) {
    guard let folder = OSText.withCString(path, { opendir($0) }) else { return ([], true) }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      if names.count >= most { return (names, false) }
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { OSText.text($0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return (names, true)
  }

  /// Removes a file, or a folder with its contents. Links in it are removed, not their targets.
  ///
  /// - Throws: the file system's error for the first file that cannot be removed.
  package static func removeAll(_ path: String) throws {
    if OSText.withCString(path, { Glibc.unlink($0) }) == 0 || errno == ENOENT { return }
    // A link to a folder was removed by unlink, so this is a folder.
    if errno == EISDIR || errno == EPERM {
      for name in names(in: path) { try removeAll(path + "/" + name) }
      if OSText.withCString(path, { rmdir($0) }) == 0 { return }
    }
    throw lastError
  }

  package static func unlink(_ path: String) { _ = OSText.withCString(path) { Glibc.unlink($0) } }

  /// Creates a folder and those above it, private to the user. Existing folders are not changed.
  ///
  /// - Throws: the error of the file system.
  package static func makeFolders(_ path: String) throws {
    guard FolderPath.make(path) else { throw lastError }
  }

  /// Syncs the folder of a file, so that the file's name survives a power failure, if the file system can sync folders.
  package static func syncFolder(of path: String) {
    let parent = folder(of: path)
    let folder = open(parent == path ? "." : parent, O_RDONLY | O_DIRECTORY)
    guard folder >= 0 else { return }
    fsync(folder)
    close(folder)
  }

  /// The folder of a path; the path itself if it contains no slash.
  package static func folder(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The last part of a path.
  package static func name(of path: String) -> String {
    path.utf8.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) } ?? path
  }

  /// An absolute path without `.`, `..` and double slashes. Links are not resolved.
  ///
  /// - Parameter directory: the folder at which relative paths start.
  package static func absolute(_ path: String, in directory: String) -> String {
    let whole = path.utf8.first == UInt8(ascii: "/") ? path : directory + "/" + path
    var parts: [Substring.UTF8View] = []
    for part in whole.utf8.split(separator: UInt8(ascii: "/")) {
      if part.elementsEqual(".".utf8) { continue }
      if part.elementsEqual("..".utf8) { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.map { String(Substring($0)) }.joined(separator: "/")
  }

  /// The path without links if it exists; otherwise the path itself.
  package static func real(_ path: String) -> String {
    guard let real = OSText.withCString(path, { realpath($0, nil) }) else { return path }
    defer { free(real) }
    return OSText.text(real)
  }

  /// The path of this process's program.
  package static var ownProgram: String { OSText.target(ofLink: "/proc/self/exe") ?? "" }

  /// The working directory of this process; `/` if it was removed.
  package static var currentFolder: String { OSText.currentFolder ?? "/" }
}
