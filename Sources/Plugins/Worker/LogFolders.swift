import Glibc
import GuardedFiles
import OSText

/// The log files of commands and their folders. The folders are kept open, because there are thousands of commands but
/// only a few folders.
///
/// A file that a command writes to has no name at first. It gets its name when the command has run for a while
/// (``LogFile/patience``), or at the end if it is not empty; its folders are created at that time. A command that
/// writes nothing thus creates neither, and the next command gets the file. An existing file of that name, or an
/// unusable folder, is nevertheless detected at the start.
///
/// A folder is looked up by its path each time and opened again if the path leads to another folder. A folder that has
/// disappeared is created again.
final class LogFolders {
  /// Maximum number of folders that are kept open.
  private static let most = 32
  /// How often a folder is created again if others remove it at the same time.
  private static let tries = 3

  /// Whether files have their names from the start. The output of a command then exists no matter what ends the worker.
  private let namesAtOnce: Bool
  private var known: [String: GuardedFolder] = [:]
  /// Folders that did not exist when they were last looked up.
  private var missing: Set<String> = []
  /// The homes by their paths.
  private var homes: [String: LogHome] = [:]
  /// The paths of the homes, by the folders of the log files.
  private var homePaths: [String: String] = [:]
  private let unnamed = LogFile.Count()
  /// Maximum number of log files without names: half of the available descriptors (`ulimit -n`), since as many may be
  /// kept for later.
  private let mostUnnamed: Int

  init(namesAtOnce: Bool) {
    self.namesAtOnce = namesAtOnce
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    mostUnnamed = Int(min(limit.rlim_cur, 1 << 20)) / 2
  }

  /// Opens a file beside the log files, new or emptied, and creates the folders above it.
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

  /// Whether others can create files in a folder. Only folders that contain log files are checked.
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

  /// Gives the file of a running command its name. If that fails, it is done at the end.
  func name(_ file: LogFile) {
    guard let unnamed = file.unnamed else { return }
    do throws(FileFault) {
      try name(unnamed, file.path)
      file.take()
    } catch {}
  }

  /// Appends to the output of a command that has ended.
  func append(_ text: String, to file: LogFile) {
    let bytes = Array(text.utf8)
    if let unnamed = file.unnamed { return unnamed.append(bytes) }
    // The command may have replaced it with anything.
    let (folder, name) = LogPath.split(file.path)
    guard let file = try? existing(folder)?.appending(name) else { return }
    _ = write(file, bytes, bytes.count)
    close(file)
  }

  /// Keeps the file of a command that has ended, or removes it if it is empty.
  ///
  /// - Throws: if its contents cannot be kept.
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
        // The name was taken in the meantime, or the folder is on another file system.
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

  /// A folder, which is created if it does not exist.
  private func folder(_ path: String) throws(FileFault) -> GuardedFolder {
    if let folder = known[path], folder.isInPlace { return folder }
    return remember(try GuardedFolder.ofLogs(path, makes: true), path)
  }

  /// A folder; nil if it does not exist.
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
