import CLinux
import Foundation
import JobmonModel
import OSText

/// Where the runs of one machine, of whatever user, tell each other what they take: a folder in memory with one small
/// file a run. A run holds a lock on its file, which the kernel releases however it ends; whoever looks, or changes its
/// own claim, holds the lock on the folder.
package final class ClaimFolder {
  /// In memory, gone after a restart, and writable for all users.
  package static let standard = "/dev/shm/jobmon"
  /// The variable that names another folder: runs with different folders know nothing of each other.
  package static let variable = "JOBMON_HOST_CLAIMS"

  /// Files that are looked at, at most: more are there for no good.
  static let mostFiles = 1024
  /// Claims of one user that count, at most: each makes everybody's look longer.
  private static let mostOfUser = 64
  /// A longer file, in bytes, is no claim.
  private static let longest = 4096
  /// How often the lock is tried, and microseconds between: honest runs hold it for less.
  private static let tries = (count: 4, pause: UInt32(500))
  /// Seconds after which what is left of a run that was killed while it made its file is removed.
  private static let draftAge = 60

  /// What keeps the runs from agreeing.
  enum Obstacle: Hashable, Sendable {
    /// Another process has the lock.
    case locked
    /// There are too many files.
    case crowded
  }

  let path: String
  private let folder: Int32
  private let file: Int32
  /// The name of the own file.
  let name: String
  /// What kept the last exchange from being one; nil where it was.
  private(set) var obstacle: Obstacle?
  /// Milliseconds that the last exchange took.
  private(set) var duration: Int64 = 0

  /// Makes the run's own file in the folder, and the folder where there is none.
  ///
  /// - Throws: what kept it from doing so.
  init(_ path: String, name: String) throws {
    self.path = path
    self.name = name
    // Every user makes files in it, and deletes only his own.
    OSText.withCString(path) { if mkdir($0, 0o1777) == 0 { chmod($0, 0o1777) } }
    folder = OSFile.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK)
    guard folder >= 0 else { throw OSFile.lastError }
    do { file = try Self.makeFile(name, in: folder) } catch {
      close(folder)
      throw error
    }
  }

  deinit {
    unlinkat(folder, name, 0)
    close(file)
    close(folder)
  }

  /// Makes a file that is locked before others can see it: a file without a lock is that of a run that is dead.
  private static func makeFile(_ name: String, in folder: Int32) throws -> Int32 {
    let draft = "." + name
    let file = openat(folder, draft, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw OSFile.lastError }
    fchmod(file, 0o644)
    var isMade = flock(file, LOCK_EX | LOCK_NB) == 0 && linkat(folder, draft, folder, name, 0) == 0
    // A file system without hard links.
    if !isMade, [EPERM, EOPNOTSUPP, EMLINK].contains(errno) {
      isMade = renameat(folder, draft, folder, name) == 0
    }
    let error = OSFile.lastError
    unlinkat(folder, draft, 0)
    if isMade { return file }
    close(file)
    throw error
  }

  /// Shows the claims of the others to `decide`, and replaces the own one by what it returns; nobody else looks or
  /// changes anything meanwhile. Waits for a few milliseconds at most.
  ///
  /// - Returns: false where the runs cannot agree now: ``obstacle`` says why.
  func exchange(_ decide: ([HostClaim]) -> HostClaim) -> Bool {
    let start = Instant.now.monotonic
    defer { duration = Instant.now.monotonic - start }
    guard locked() else {
      obstacle = .locked
      return false
    }
    defer { flock(folder, LOCK_UN) }
    guard let others = others() else {
      obstacle = .crowded
      return false
    }
    obstacle = nil
    let claim = decide(others)
    // A claim is a few numbers and names: it can be encoded.
    let text = Array(try! JSONEncoder().encode(claim))
    ftruncate(file, 0)
    pwrite(file, text, text.count, 0)
    return true
  }

  private func locked() -> Bool {
    for turn in 1...Self.tries.count {
      if flock(folder, LOCK_EX | LOCK_NB) == 0 { return true }
      if turn < Self.tries.count { usleep(Self.tries.pause) }
    }
    return false
  }

  /// The claims of the others; nil where there are too many files.
  private func others() -> [HostClaim]? {
    let (names, isWhole) = OSFile.names(in: path, most: Self.mostFiles)
    var counts: [UInt32: Int] = [:]
    let claims = names.sorted().compactMap { other -> HostClaim? in
      other == name ? nil : claim(in: other, &counts)
    }
    return isWhole ? claims : nil
  }

  /// The claim of a run that lives. What a dead one left is removed.
  private func claim(in name: String, _ counts: inout [UInt32: Int]) -> HostClaim? {
    let file = OSText.withCString(name) { clinux_open_old_at(folder, $0, 0, 0) }
    guard file >= 0 else { return nil }
    defer { close(file) }
    var found = stat()
    guard fstat(file, &found) == 0, found.st_mode & S_IFMT == S_IFREG else { return nil }
    if name.hasPrefix(".") {
      // It gets its lock, and its name, in a moment.
      if time(nil) - found.st_mtim.tv_sec > Self.draftAge { removeIfDead(file, name) }
      return nil
    }
    if removeIfDead(file, name) { return nil }
    guard (1...Self.longest).contains(Int(found.st_size)), counts[found.st_uid, default: 0] < Self.mostOfUser
    else { return nil }
    counts[found.st_uid, default: 0] += 1
    var bytes = [UInt8](repeating: 0, count: Self.longest)
    let count = read(file, &bytes, bytes.count)
    guard count > 0, var claim = try? JSONDecoder().decode(HostClaim.self, from: Data(bytes.prefix(count)))
    else {
      return nil
    }
    claim.name = name
    claim.user = found.st_uid
    return claim
  }

  /// - Returns: whether nobody has a lock on it.
  @discardableResult
  private func removeIfDead(_ file: Int32, _ name: String) -> Bool {
    guard flock(file, LOCK_SH | LOCK_NB) == 0 else { return false }
    _ = OSText.withCString(name) { unlinkat(folder, $0, 0) }
    return true
  }
}
