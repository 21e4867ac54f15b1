import Foundation
import GuardedFiles
import JobmonCore
import OSText
import WorkerProtocol

/// The files of one batch: what is written for its workers, and what they leave behind.
struct BatchFiles: Sendable {
  /// A report is a few numbers and a message, in bytes.
  private static let longestReport = 1 << 20

  let folder: BatchFolder
  private let scratch: String
  /// Called before the folder is read. A test can make it block, as a file system does that hangs.
  private let willRead: @Sendable (BatchFolder) -> Void

  init(scratch: String, token: String, willRead: @escaping @Sendable (BatchFolder) -> Void = { _ in }) {
    folder = BatchFolder("\(scratch)/batches/\(token)")
    self.scratch = scratch
    self.willRead = willRead
  }

  /// Makes the folders for claims and reports of these tasks, and the batch's own.
  ///
  /// - Throws: ``ExecutorError`` naming the path.
  func make(_ indices: some Collection<Int>) throws {
    for block in Set(indices.map { $0 / BatchFolder.block }) {
      for path in [folder.claims(block: block), folder.reports(block: block)] {
        do throws(FileFault) {
          _ = try GuardedFolder.open(path, below: scratch, makes: true)
        } catch {
          throw ExecutorError("cannot make \(path): \(error.path): \(error)")
        }
      }
    }
  }

  /// Writes the commands, whole and synced, before anybody learns of them.
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
    /// Ours, now or before: the task can never start from this batch.
    case ours
    /// A worker's; seconds since it last said that it lives, by the file system's clock.
    case workers(age: Double)
    /// It cannot be found out: why.
    case unknown(String)
  }

  /// Tries to claim a task, so that no job of this batch can start it any more.
  func claim(_ index: Int) -> Claim {
    willRead(folder)
    var start = 0
    while true {
      let path = folder.claim(index, start: start)
      if OSText.withCString(path, { symlink(BatchFolder.driver, $0) }) == 0 { break }
      guard errno == EEXIST else {
        return .unknown("cannot make \(path): \(String(cString: strerror(errno)))")
      }
      if isOurs(path) { break }
      start += 1
    }
    return start == 0 ? .ours : .workers(age: age(of: folder.claim(index, start: start - 1)))
  }

  /// Whether a worker has claimed the task, or we have.
  func hasClaim(_ index: Int) -> Bool {
    willRead(folder)
    return OSFile.status(folder.claim(index, start: 0), followsLinks: false) != nil
  }

  private func isOurs(_ path: String) -> Bool { OSText.target(ofLink: path) != nil }

  /// A claim's age by the clock of its file system: that of a file which is made for the purpose.
  private func age(of claim: String) -> Double {
    let probe = folder.path + "/now.\(getpid())"
    OSFile.unlink(probe)
    let file = OSFile.open(probe, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)
    if file >= 0 { close(file) }
    defer { OSFile.unlink(probe) }
    guard let own = OSFile.status(claim), let now = OSFile.status(probe) else { return 0 }
    return Double(now.st_mtim.tv_sec - own.st_mtim.tv_sec)
  }

  /// When something has last changed among the reports of a block; nil where there is no such folder.
  func reportsChanged(block: Int) -> timespec? {
    willRead(folder)
    return OSFile.status(folder.reports(block: block))?.st_mtim
  }

  /// The tasks of a block of which there are reports, with the starts.
  func reports(block: Int) -> [(index: Int, start: Int)] {
    willRead(folder)
    return OSFile.names(in: folder.reports(block: block)).compactMap(BatchFolder.parse)
  }

  /// A report; nil where it cannot be read (yet).
  func report(_ index: Int, start: Int) -> BatchReport? {
    willRead(folder)
    guard let data = try? OSFile.guardedContents(folder.report(index, start: start), most: Self.longestReport)
    else {
      return nil
    }
    return data.withUnsafeBytes { try? BatchReport(decoding: $0) }
  }

  /// The end of what the cluster and the workers have written beside the reports.
  var lastWords: String? {
    var tail = LogTail(most: 2000)
    return (try? tail.lastLine(of: folder.log)) ?? nil
  }

  /// Removes batches that nobody has touched for so many seconds: those of drivers that were never resumed, and what is left
  /// of batches that were lost.
  static func removeOld(scratch: String, age: Double) {
    let home = scratch + "/batches"
    let oldest = time(nil) - Int(age)
    for token in OSFile.names(in: home) {
      let files = BatchFiles(scratch: scratch, token: token)
      if isUntouched(files.folder.path, since: oldest) { files.remove() }
    }
  }

  /// Whether nothing in a folder, or a file, has changed since a time.
  private static func isUntouched(_ path: String, since oldest: Int) -> Bool {
    // What has gone meanwhile is no sign of use.
    guard let found = OSFile.status(path, followsLinks: false) else { return true }
    guard found.st_mtim.tv_sec < oldest else { return false }
    guard found.st_mode & S_IFMT == S_IFDIR else { return true }
    return OSFile.names(in: path).allSatisfy { isUntouched(path + "/" + $0, since: oldest) }
  }

  /// Removes it all, the commands first: a job that comes late finds nothing to run.
  func remove() {
    OSFile.unlink(folder.orders)
    // What cannot be removed now is removed by removeOld(scratch:age:) some day.
    try? OSFile.removeAll(folder.path)
  }
}
