import Glibc
import GuardedFiles

/// The folders that log files are in, kept open: commands come in thousands, and their folders in a few.
///
/// One is looked for at its path each time, and opened again where that leads elsewhere by now: a folder that has vanished is
/// made again.
final class LogFolders {
  /// Folders that are kept open at most.
  private static let most = 32
  /// How often a folder is made again that others remove meanwhile.
  private static let tries = 3

  private var known: [String: GuardedFolder] = [:]

  /// Opens a log file, new or emptied, with the folders above it.
  ///
  /// - Returns: a descriptor, closed on exec.
  func open(_ path: String) throws(Launcher.Failure) -> Int32 {
    let (folder, name) = LogPath.split(path)
    var tries = 1
    while true {
      do throws(FileFault) {
        return try self.folder(folder).writing(name)
      } catch {
        guard error.code == ENOENT, error.step == .open, tries < Self.tries else {
          throw Launcher.failure(path, error)
        }
        known[folder] = nil
        tries += 1
      }
    }
  }

  /// Whether others can make files in a folder that has log files in it; in any other, nobody looks.
  func isShared(_ folder: String) -> Bool { known[folder]?.isShared ?? false }

  private func folder(_ path: String) throws(FileFault) -> GuardedFolder {
    if let folder = known[path], folder.isInPlace { return folder }
    if known.count >= Self.most { known = [:] }
    let folder = try GuardedFolder.ofLogs(path, makes: true)
    known[path] = folder
    return folder
  }
}
