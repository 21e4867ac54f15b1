import CLinux
import Foundation
import JobmonModel
import OSText

/// The folder in which all runs on a machine, of all users, publish their claims: a folder in memory with one small
/// file per run. A run locks its file, and the kernel releases the lock however the run ends. A run that reads the
/// claims or changes its own locks the folder.
package final class ClaimFolder {
  /// In memory, removed by a restart, and writable for all users.
  package static let standard = "/dev/shm/jobmon"
  /// The variable that names another folder. Runs with different folders do not share the machine.
  package static let variable = "JOBMON_HOST_CLAIMS"

  /// Maximum number of files that are read. More are not expected in normal use.
  static let mostFiles = 1024
  /// Maximum number of claims per user that count, because each makes the exchange slower for all.
  private static let mostOfUser = 64
  /// Maximum size of a claim in bytes. Larger files are ignored.
  private static let longest = 4096
  /// How many times to try the lock, and the microseconds between two tries. Runs hold it for less time.
  private static let tries = (count: 4, pause: UInt32(500))
  /// Age in seconds at which the draft of a run that was killed while it created its file is removed.
  private static let draftAge = 60

  /// Why the runs cannot exchange claims.
  enum Obstacle: Hashable, Sendable {
    /// Another process holds the lock.
    case locked
    /// There are too many files.
    case crowded
  }

  let path: String
  private let folder: Int32
  private let file: Int32
  /// The name of this run's file.
  let name: String
  /// Why the last exchange failed; nil if it succeeded.
  private(set) var obstacle: Obstacle?
  /// Duration of the last exchange in milliseconds.
  private(set) var duration: Int64 = 0

  /// Creates the run's file in the folder, and the folder if it does not exist.
  ///
  /// - Throws: the system's error.
  init(_ path: String, name: String) throws {
    self.path = path
    self.name = name
    // All users can create files in it, but delete only their own (sticky bit).
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

  /// Creates a file that is locked before other runs can see it. A file that is not locked belongs to a dead run.
  private static func makeFile(_ name: String, in folder: Int32) throws -> Int32 {
    let draft = "." + name
    let file = openat(folder, draft, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw OSFile.lastError }
    fchmod(file, 0o644)
    var isMade = flock(file, LOCK_EX | LOCK_NB) == 0 && linkat(folder, draft, folder, name, 0) == 0
    // The file system does not support hard links.
    if !isMade, [EPERM, EOPNOTSUPP, EMLINK].contains(errno) {
      isMade = renameat(folder, draft, folder, name) == 0
    }
    let error = OSFile.lastError
    unlinkat(folder, draft, 0)
    if isMade { return file }
    close(file)
    throw error
  }

  /// Passes the claims of the other runs to `decide`, and replaces this run's claim with the result. No other run can
  /// read or change claims at the same time. Waits at most a few milliseconds.
  ///
  /// - Returns: false if the exchange failed; ``obstacle`` says why.
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
    // A claim consists of a few numbers and names, so encoding cannot fail.
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

  /// The claims of the other runs; nil if there are too many files.
  private func others() -> [HostClaim]? {
    let (names, isWhole) = OSFile.names(in: path, most: Self.mostFiles)
    var counts: [UInt32: Int] = [:]
    let claims = names.sorted().compactMap { other -> HostClaim? in
      other == name ? nil : claim(in: other, &counts)
    }
    return isWhole ? claims : nil
  }

  /// The claim of a live run. The files of dead runs are removed.
  private func claim(in name: String, _ counts: inout [UInt32: Int]) -> HostClaim? {
    let file = OSText.withCString(name) { clinux_open_old_at(folder, $0, 0, 0) }
    guard file >= 0 else { return nil }
    defer { close(file) }
    var found = stat()
    guard fstat(file, &found) == 0, found.st_mode & S_IFMT == S_IFREG else { return nil }
    if name.hasPrefix(".") {
      // A new file that is about to get its lock and its name.
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

  /// Removes a file that is not locked.
  ///
  /// - Returns: whether it was removed.
  @discardableResult
  private func removeIfDead(_ file: Int32, _ name: String) -> Bool {
    guard flock(file, LOCK_SH | LOCK_NB) == 0 else { return false }
    _ = OSText.withCString(name) { unlinkat(folder, $0, 0) }
    return true
  }
}
