import Glibc
import GuardedFiles
import OSText

/// The log files of commands, and the folders they are in, which are kept open: commands come in thousands, and their folders
/// in a few.
///
/// A file that a command writes to has no name at first. It gets it once the command has run for a while
/// (``LogFile/patience``), or at the end where there is anything in it; its folders are made then. So a command that writes
/// nothing makes neither, and the next one gets the file. What stands at its name, and what keeps us from its folder, decides
/// at the start all the same.
///
/// A folder is looked for at its path each time, and opened again where that leads elsewhere by now: one that has vanished is
/// made again.
final class LogFolders {
  /// Folders that are kept open at most.
  private static let most = 32
  /// How often a folder is made again that others remove meanwhile.
  private static let tries = 3

  /// Whether files have their names from the start: then what a command has written is there whoever ends us.
  private let namesAtOnce: Bool
  private var known: [String: GuardedFolder] = [:]
  /// Folders that were not there when they were last looked for.
  private var missing: Set<String> = []
  /// By their paths.
  private var homes: [String: LogHome] = [:]
  /// The paths of homes, by the folders of log files.
  private var homePaths: [String: String] = [:]
  private let unnamed = LogFile.Count()
  /// Log files without names at most: there are so many descriptors (`ulimit -n`), and as many may be kept for later.
  private let mostUnnamed: Int

  init(namesAtOnce: Bool) {
    self.namesAtOnce = namesAtOnce
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    mostUnnamed = Int(min(limit.rlim_cur, 1 << 20)) / 2
  }

  /// Opens a file beside the log files, new or emptied, with the folders above it.
  ///
  /// - Returns: a descriptor, closed on exec.
  func open(_ path: String) throws(Launcher.Failure) -> Int32 {
    let (folder, name) = LogPath.split(path)
    do throws(FileFault) {
      return try inFolder(folder) { folder throws(FileFault) in try folder.writing(name) }
    } catch {
      throw Launcher.failure(path, error)
    }
  }

  /// Whether others can make files in a folder that has log files in it; in any other, nobody looks.
  func isShared(_ folder: String) -> Bool {
    known[folder]?.isShared ?? homes[folder]?.folder.isShared ?? false
  }

  // MARK: From start to end

  /// Opens a log file for a command.
  ///
  /// - Returns: the file, for ``end(_:)``, and a descriptor for the command, closed on exec.
  func start(_ path: String) throws(Launcher.Failure) -> (file: LogFile, descriptor: Int32) {
    let home: LogHome
    do throws(FileFault) {
      let (folder, name) = LogPath.split(path)
      home = try self.home(of: folder)
      if !namesAtOnce, unnamed.value < mostUnnamed, try existing(folder)?.isFree(name) ?? true,
        let file = home.take(), case let descriptor = file.open(), descriptor >= 0
      {
        return (
          LogFile(path, descriptor: descriptor, unnamed: file, isRemovable: true, count: unnamed), descriptor
        )
      }
    } catch {
      throw Launcher.failure(path, error)
    }
    let descriptor = try open(path)
    let file = LogFile(
      path, descriptor: descriptor, unnamed: nil, isRemovable: home.hasUnnamed, count: unnamed)
    return (file, descriptor)
  }

  /// Gives the file of a command that runs its name. Where that fails it is done at the end.
  func name(_ file: LogFile) {
    guard let unnamed = file.unnamed else { return }
    do throws(FileFault) {
      try name(unnamed, file.path)
      file.take()
    } catch {}
  }

  /// Adds something to what a command that has ended has written.
  func append(_ text: String, to file: LogFile) {
    let bytes = Array(text.utf8)
    if let unnamed = file.unnamed { return unnamed.append(bytes) }
    // The command may have put anything in its place.
    let (folder, name) = LogPath.split(file.path)
    guard let file = try? existing(folder)?.appending(name) else { return }
    _ = write(file, bytes, bytes.count)
    close(file)
  }

  /// What is kept of a command's file: where there is nothing in it, nothing.
  ///
  /// - Throws: where what it wrote cannot be kept.
  func end(_ file: LogFile) throws(FileFault) {
    let (folder, name) = LogPath.split(file.path)
    guard let unnamed = file.take() else {
      if file.isRemovable, let folder = try? existing(folder) { folder.removeEmpty(name) }
      return
    }
    switch unnamed.condition {
    case .asNew: homePaths[folder].flatMap { homes[$0] }?.keep(unnamed)
    case .empty: break
    case .used:
      do throws(FileFault) {
        try self.name(unnamed, file.path)
      } catch {
        // The name was taken meanwhile, or the folder is on another file system.
        try inFolder(folder) { folder throws(FileFault) in try unnamed.copy(to: name, in: folder) }
      }
    }
  }

  private func name(_ file: UnnamedFile, _ path: String) throws(FileFault) {
    let (folder, name) = LogPath.split(path)
    KillPoint.reached("worker.log.name.before")
    try inFolder(folder) { folder throws(FileFault) in try file.name(name, in: folder) }
    KillPoint.reached("worker.log.name.after")
  }

  // MARK: Folders

  private func inFolder<Result>(
    _ path: String, _ body: (GuardedFolder) throws(FileFault) -> Result
  ) throws(FileFault) -> Result {
    var tries = 1
    while true {
      do throws(FileFault) {
        return try body(try folder(path))
      } catch {
        guard error.code == ENOENT, error.step == .open, tries < Self.tries else { throw error }
        known[path] = nil
        tries += 1
      }
    }
  }

  /// A folder, made where it is not there.
  private func folder(_ path: String) throws(FileFault) -> GuardedFolder {
    if let folder = known[path], folder.isInPlace { return folder }
    return remember(try GuardedFolder.ofLogs(path, makes: true), path)
  }

  /// A folder; nil where it is not there.
  private func existing(_ path: String) throws(FileFault) -> GuardedFolder? {
    if let folder = known[path], folder.isInPlace { return folder }
    if missing.contains(path), OSText.withCString(path, { access($0, F_OK) }) != 0, errno == ENOENT {
      return nil
    }
    do throws(FileFault) {
      return remember(try GuardedFolder.ofLogs(path, makes: false), path)
    } catch {
      guard error.code == ENOENT else { throw error }
      if missing.count >= Self.most { missing = [] }
      missing.insert(path)
      return nil
    }
  }

  private func remember(_ folder: GuardedFolder, _ path: String) -> GuardedFolder {
    if known.count >= Self.most { known = [:] }
    known[path] = folder
    return folder
  }

  private func home(of folder: String) throws(FileFault) -> LogHome {
    let path: String
    if let known = homePaths[folder] {
      path = known
    } else {
      path = LogPath.home(of: folder)
      if homePaths.count >= Self.most { homePaths = [:] }
      homePaths[folder] = path
    }
    if let home = homes[path], home.folder.isInPlace { return home }
    if homes.count >= Self.most { homes = [:] }
    let home = LogHome(try GuardedFolder.ofLogs(path, makes: true))
    homes[path] = home
    return home
  }
}
