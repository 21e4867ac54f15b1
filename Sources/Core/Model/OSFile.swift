import Foundation
import GuardedFiles
import OSText

/// Files and folders by their paths as ``OSText``, which Foundation does not know.
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

  /// What a file holds that a person has named, which may be a FIFO; nil with errno where it cannot be read.
  package static func contents(_ path: String) -> Data? {
    guard let file = reading(path) else { return nil }
    do { return try file.readToEnd() ?? Data() } catch { return nil }
  }

  private static func reading(_ path: String) -> FileHandle? {
    let file = open(path, O_RDONLY)
    return file < 0 ? nil : FileHandle(fileDescriptor: file, closeOnDealloc: true)
  }

  /// What a file holds that commands or other programs have left (``GuardedFile``).
  ///
  /// - Parameter most: a longer one, in bytes, is an error (EFBIG).
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

  /// Copies what a file holds to one that exists already, and syncs that.
  ///
  /// - Throws: what the file system says.
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

  /// link(2): a second name for a file, where there is nothing under it yet; on a file system without hard links, that name
  /// instead of the first. False with errno.
  package static func link(_ path: String, _ name: String) -> Bool {
    if OSText.withCString(path, { path in OSText.withCString(name) { Glibc.link(path, $0) } }) == 0 {
      return true
    }
    return [EPERM, EOPNOTSUPP].contains(errno) && !exists(name) && rename(path, name)
  }

  /// What the last call that failed said.
  package static var lastError: POSIXError { POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }

  /// The names in a folder; none where it cannot be read.
  package static func names(in path: String) -> [String] { names(in: path, most: .max).names }

  /// As many of them as are wanted at most, and whether these are all.
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

  /// Removes a folder with all that is in it, or a file; what links in it point to stays.
  ///
  /// - Throws: what the file system says of the first that cannot be removed.
  package static func removeAll(_ path: String) throws {
    if OSText.withCString(path, { Glibc.unlink($0) }) == 0 || errno == ENOENT { return }
    // A link to a folder was removed by that: here is a folder.
    if errno == EISDIR || errno == EPERM {
      for name in names(in: path) { try removeAll(path + "/" + name) }
      if OSText.withCString(path, { rmdir($0) }) == 0 { return }
    }
    throw lastError
  }

  package static func unlink(_ path: String) { _ = OSText.withCString(path) { Glibc.unlink($0) } }

  /// Makes a folder and those above it, private to the user; those that are there stay as they are.
  ///
  /// - Throws: what the file system says.
  package static func makeFolders(_ path: String) throws {
    guard FolderPath.make(path) else { throw lastError }
  }

  /// Makes the name of a file survive the loss of power, where the file system lets folders be synced.
  package static func syncFolder(of path: String) {
    let parent = folder(of: path)
    let folder = open(parent == path ? "." : parent, O_RDONLY | O_DIRECTORY)
    guard folder >= 0 else { return }
    fsync(folder)
    close(folder)
  }

  /// The folder that a path is in; the path as it is where it has no slash.
  package static func folder(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The last part of a path.
  package static func name(of path: String) -> String {
    path.utf8.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) } ?? path
  }

  /// An absolute path without `.`, `..` and double slashes; links are not looked at.
  ///
  /// - Parameter directory: what a relative one counts from.
  package static func absolute(_ path: String, in directory: String) -> String {
    let whole = path.utf8.first == UInt8(ascii: "/") ? path : directory + "/" + path
    var parts: [Substring.UTF8View] = []
    for part in whole.utf8.split(separator: UInt8(ascii: "/")) {
      if part.elementsEqual(".".utf8) { continue }
      if part.elementsEqual("..".utf8) { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.map { String(Substring($0)) }.joined(separator: "/")
  }

  /// A path without links, as far as it is there; else the path itself.
  package static func real(_ path: String) -> String {
    guard let real = OSText.withCString(path, { realpath($0, nil) }) else { return path }
    defer { free(real) }
    return OSText.text(real)
  }

  /// This process's program.
  package static var ownProgram: String { OSText.target(ofLink: "/proc/self/exe") ?? "" }

  /// The folder that this process is in.
  package static var currentFolder: String { OSText.currentFolder ?? "/" }
}
