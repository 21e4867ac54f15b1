import Foundation
import GuardedFiles
import JobmonCore
import OSText
import WorkerProtocol

/// The files of one batch: those written for its workers, and those that the workers leave.
struct BatchFiles: Sendable {
  /// Bytes; a report contains a few numbers and a message.
  private static let longestReport = 1 << 20

  let folder: BatchFolder
  private let scratch: String
  /// Called before the folder is read. A test can make it block, like a file system that hangs.
  private let willRead: @Sendable (BatchFolder) -> Void

  init(scratch: String, token: String, willRead: @escaping @Sendable (BatchFolder) -> Void = { _ in }) {
    folder = BatchFolder("\(scratch)/batches/\(token)")
    self.scratch = scratch
    self.willRead = willRead
  }

  /// Creates the batch's folder, and the folders for claims and reports of these tasks.
  ///
  /// - Throws: ``ExecutorError`` naming the path.
  func make(_ indices: some Collection<Int>) throws {
    for block in Set(indices.map { $0 / BatchFolder.block }) {
      for path in [folder.claims(block: block), folder.reports(block: block)] {
        do throws(FileFault) {
          _ = try GuardedFolder.open(path, below: scratch, makes: true)
        } catch {
          throw ExecutorError("cannot create \(path): \(error.path): \(error)")
        }
      }
    }
  }

  /// Writes the commands. The file gets its name only when it is complete and synced.
  ///
  /// - Throws: ``ExecutorError`` naming the path.
  func write(_ setting: CommandSetting, orders: [Int: CommandOrder]) throws {
    let bytes = BatchOrders.encode(setting, orders: orders)
    let (home, name) = LogPath.split(folder.orders)
    let draft = folder.orders + ".new"
    func check(_ isDone: Bool) throws {
      guard !isDone else { return }
      throw ExecutorError("cannot write \(folder.orders): \(String(cString: strerror(errno)))")
    }
    let file: Int32
    do throws(FileFault) {
      file = try GuardedFolder.open(home, below: scratch, makes: false).writing(name + ".new")
    } catch {
      throw ExecutorError("cannot write \(folder.orders): \(error.path): \(error)")
    }
    defer { close(file) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      try check(count > 0)
      rest = rest.dropFirst(count)
    }
    try check(fsync(file) == 0)
    try check(
      OSText.withCString(draft) { draft in OSText.withCString(folder.orders) { rename(draft, $0) } } == 0)
  }

  enum Claim: Hashable, Sendable {
    /// The driver's claim, from now or before: the task can never start from this batch.
    case ours
    /// A worker's claim; seconds since the worker last touched it, by the clock of the file system.
    case workers(age: Double)
    /// Unknown, for this reason.
    case unknown(String)
  }

  /// Tries to claim a task, so that no job of this batch can start it.
  func claim(_ index: Int) -> Claim {
    willRead(folder)
    var start = 0
    while true {
      let path = folder.claim(index, start: start)
      if OSText.withCString(path, { symlink(BatchFolder.driver, $0) }) == 0 { break }
      guard errno == EEXIST else {
        return .unknown("cannot create \(path): \(String(cString: strerror(errno)))")
      }
      if isOurs(path) { break }
      start += 1
    }
    return start == 0 ? .ours : .workers(age: age(of: folder.claim(index, start: start - 1)))
  }

  /// Whether a worker or the driver has claimed the task.
  func hasClaim(_ index: Int) -> Bool {
    willRead(folder)
    return OSFile.status(folder.claim(index, start: 0), followsLinks: false) != nil
  }

  private func isOurs(_ path: String) -> Bool { OSText.target(ofLink: path) != nil }

  /// A claim's age by the clock of its file system, measured against a file created for this purpose.
  private func age(of claim: String) -> Double {
    let probe = folder.path + "/now.\(getpid())"
    OSFile.unlink(probe)
    let file = OSFile.open(probe, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)
    if file >= 0 { close(file) }
    defer { OSFile.unlink(probe) }
    guard let own = OSFile.status(claim), let now = OSFile.status(probe) else { return 0 }
    return Double(now.st_mtim.tv_sec - own.st_mtim.tv_sec)
  }

  /// When the folder of a block of reports last changed; nil if it does not exist.
  func reportsChanged(block: Int) -> timespec? {
    willRead(folder)
    return OSFile.status(folder.reports(block: block))?.st_mtim
  }

  /// The tasks of a block for which reports exist, with their starts.
  func reports(block: Int) -> [(index: Int, start: Int)] {
    willRead(folder)
    return OSFile.names(in: folder.reports(block: block)).compactMap(BatchFolder.parse)
  }

  /// A report; nil if it cannot be read (yet).
  func report(_ index: Int, start: Int) -> BatchReport? {
    willRead(folder)
    guard let data = try? OSFile.guardedContents(folder.report(index, start: start), most: Self.longestReport)
    else {
      return nil
    }
    return data.withUnsafeBytes { try? BatchReport(decoding: $0) }
  }

  /// The last line that the cluster and the workers have written in addition to the reports.
  var lastWords: String? {
    var tail = LogTail(most: 2000)
    return (try? tail.lastLine(of: folder.log)) ?? nil
  }

  /// Removes batches that were not touched for this many seconds: those of drivers that were never resumed, and remains
  /// of lost batches.
  static func removeOld(scratch: String, age: Double) {
    let home = scratch + "/batches"
    let oldest = time(nil) - Int(age)
    for token in OSFile.names(in: home) {
      let files = BatchFiles(scratch: scratch, token: token)
      if isUntouched(files.folder.path, since: oldest) { files.remove() }
    }
  }

  /// Whether a file, or everything in a folder, is unchanged since a time.
  private static func isUntouched(_ path: String, since oldest: Int) -> Bool {
    // A file that has disappeared is not a sign of use.
    guard let found = OSFile.status(path, followsLinks: false) else { return true }
    guard found.st_mtim.tv_sec < oldest else { return false }
    guard found.st_mode & S_IFMT == S_IFDIR else { return true }
    return OSFile.names(in: path).allSatisfy { isUntouched(path + "/" + $0, since: oldest) }
  }

  /// Removes everything, the commands first: a job that starts late finds nothing to run.
  func remove() {
    OSFile.unlink(folder.orders)
    // What cannot be removed now is removed by removeOld(scratch:age:) later.
    try? OSFile.removeAll(folder.path)
  }
}
