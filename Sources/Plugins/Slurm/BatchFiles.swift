import Foundation
import JobmonCore
import WorkerProtocol

/// The files of one batch: what is written for its workers, and what they leave behind.
struct BatchFiles: Sendable {
  let folder: BatchFolder

  init(scratch: String, token: String) { folder = BatchFolder("\(scratch)/batches/\(token)") }

  /// Makes the folders for claims and reports of these tasks, and the batch's own.
  ///
  /// - Throws: ``ExecutorError`` naming the path.
  func make(_ indices: some Collection<Int>) throws {
    for block in Set(indices.map { $0 / BatchFolder.block }) {
      for path in [folder.claims(block: block), folder.reports(block: block)] {
        do {
          try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
          throw ExecutorError("cannot make \(path): \(String(cString: strerror(errno)))")
        }
      }
    }
  }

  /// Writes the commands, whole and synced, before anybody is told of them.
  ///
  /// - Throws: ``ExecutorError`` naming the path.
  func write(_ setting: CommandSetting, orders: [Int: CommandOrder]) throws {
    let bytes = BatchOrders.encode(setting, orders: orders)
    let draft = folder.orders + ".new"
    func check(_ isDone: Bool) throws {
      guard !isDone else { return }
      throw ExecutorError("cannot write \(folder.orders): \(String(cString: strerror(errno)))")
    }
    let file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    try check(file >= 0)
    defer { close(file) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      try check(count > 0)
      rest = rest.dropFirst(count)
    }
    try check(fsync(file) == 0 && rename(draft, folder.orders) == 0)
  }

  enum Claim {
    /// Ours, now or before: the task can never start from this batch.
    case ours
    /// A worker's; seconds since it last said that it lives, by the file system's clock.
    case workers(age: Double)
    /// It cannot be told: why.
    case unknown(String)
  }

  /// Tries to claim a task, so that no job of this batch can start it any more.
  func claim(_ index: Int) -> Claim {
    var start = 0
    while true {
      let path = folder.claim(index, start: start)
      if symlink(BatchFolder.driver, path) == 0 { break }
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
    var found = stat()
    return lstat(folder.claim(index, start: 0), &found) == 0
  }

  private func isOurs(_ path: String) -> Bool {
    var target = [CChar](repeating: 0, count: 64)
    return readlink(path, &target, target.count) > 0
  }

  /// A claim's age by the clock of its file system: that of a file which is made for the purpose.
  private func age(of claim: String) -> Double {
    let probe = folder.path + "/now.\(getpid())"
    let file = open(probe, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    if file >= 0 { close(file) }
    defer { unlink(probe) }
    var (own, now) = (stat(), stat())
    guard stat(claim, &own) == 0, stat(probe, &now) == 0 else { return 0 }
    return Double(now.st_mtim.tv_sec - own.st_mtim.tv_sec)
  }

  /// The tasks of a block of which there are reports, with the starts.
  func reports(block: Int) -> [(index: Int, start: Int)] {
    guard let directory = opendir(folder.reports(block: block)) else { return [] }
    defer { closedir(directory) }
    var found: [(index: Int, start: Int)] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if let place = BatchFolder.parse(name) { found.append(place) }
    }
    return found
  }

  /// A report; nil where it cannot be read (yet).
  func report(_ index: Int, start: Int) -> BatchReport? {
    guard let data = FileManager.default.contents(atPath: folder.report(index, start: start)) else {
      return nil
    }
    return data.withUnsafeBytes { try? BatchReport(decoding: $0) }
  }

  /// The end of what the cluster and the workers have written beside the reports.
  var lastWords: String? {
    guard let data = FileManager.default.contents(atPath: folder.log) else { return nil }
    return TextLines.split(String(decoding: data.suffix(2000), as: UTF8.self)).last { !TextLines.isBlank($0) }
      .map(
        String.init)
  }

  /// Removes batches that nobody has touched for so many seconds: those of drivers that were never resumed, and what is left
  /// of batches that were lost.
  static func removeOld(scratch: String, age: Double) {
    let home = scratch + "/batches"
    let oldest = Date(timeIntervalSinceNow: -age)
    for token in (try? FileManager.default.contentsOfDirectory(atPath: home)) ?? [] {
      let files = BatchFiles(scratch: scratch, token: token)
      let folder = FileManager.default.enumerator(atPath: files.folder.path)
      var isOld = changed(files.folder.path).map { $0 < oldest } ?? false
      while isOld, let name = folder?.nextObject() as? String {
        isOld = changed(files.folder.path + "/" + name).map { $0 < oldest } ?? true
      }
      if isOld { files.remove() }
    }
  }

  private static func changed(_ path: String) -> Date? {
    (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
  }

  /// Removes it all, the commands first: a job that comes late finds nothing to run.
  func remove() {
    unlink(folder.orders)
    try? FileManager.default.removeItem(atPath: folder.path)
  }
}
