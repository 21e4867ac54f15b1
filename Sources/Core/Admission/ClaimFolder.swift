import Foundation
import OSText

/// Where the runs of one machine, of whatever user, tell each other what they take: a folder in memory with one small
/// file a run. A run holds a lock on its file, which the kernel releases however it ends; whoever looks, or changes its
/// own claim, holds the lock on the folder.
final class ClaimFolder {
  /// In memory, gone after a restart, and writable for all users.
  static let standard = "/dev/shm/jobmon"
  /// The variable that names another folder: runs with different folders know nothing of each other.
  static let variable = "JOBMON_HOST_CLAIMS"

  private let path: String
  private let folder: Int32
  private let file: Int32
  /// The name of the own file.
  let name: String

  /// Makes the run's own file in the folder, and the folder where there is none.
  ///
  /// - Throws: what kept it from doing so.
  init(_ path: String, name: String) throws {
    self.path = path
    self.name = name
    // Every user makes files in it, and deletes only his own.
    OSText.withCString(path) { if mkdir($0, 0o1777) == 0 { chmod($0, 0o1777) } }
    folder = OSFile.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
    guard folder >= 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    file = openat(folder, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
    guard file >= 0 else {
      let code = errno
      close(folder)
      throw POSIXError(.init(rawValue: code) ?? .EIO)
    }
    fchmod(file, 0o644)
    flock(file, LOCK_EX | LOCK_NB)
  }

  deinit {
    unlinkat(folder, name, 0)
    close(file)
    close(folder)
  }

  /// Shows the claims of the others to `settle`, and replaces the own one by what it returns; nobody else looks or
  /// changes anything meanwhile.
  ///
  /// - Returns: false where another run has held the folder for too long: it may be stopped.
  func exchange(_ settle: ([HostClaim]) -> HostClaim) -> Bool {
    guard locked() else { return false }
    defer { flock(folder, LOCK_UN) }
    let claim = settle(others())
    // A claim is a few numbers and names: it can be encoded.
    let text = Array(try! JSONEncoder().encode(claim))
    ftruncate(file, 0)
    pwrite(file, text, text.count, 0)
    return true
  }

  private func locked() -> Bool {
    for _ in 0..<100 {
      if flock(folder, LOCK_EX | LOCK_NB) == 0 { return true }
      usleep(500)
    }
    return false
  }

  private func others() -> [HostClaim] {
    return OSFile.names(in: path).sorted().compactMap { $0 == name ? nil : claim(in: $0) }
  }

  /// The claim of a run that lives. What a dead one left is removed.
  private func claim(in name: String) -> HostClaim? {
    let file = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    if flock(file, LOCK_SH | LOCK_NB) == 0 {
      unlinkat(folder, name, 0)
      return nil
    }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = read(file, &bytes, bytes.count)
    guard count > 0, var claim = try? JSONDecoder().decode(HostClaim.self, from: Data(bytes.prefix(count)))
    else {
      return nil
    }
    claim.name = name
    return claim
  }
}
