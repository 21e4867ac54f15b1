import Foundation
import GRDB
import GuardedFiles
import JobmonModel

extension SQLiteStore {
  /// What went wrong in a workflow, most frequent first. What we ended ourselves is no error.
  ///
  /// Failures are alike where cause and code are the same, and the last line on standard error (or, where there is none,
  /// the reason) is but for what differs from task to task (``Likeness``).
  public func errors(of workflow: WorkflowID, limit: Int? = nil) throws -> [ErrorGroup] {
    let (failures, tasks) = try read { database in
      let place = try WorkflowPlace(workflow, database)
      let failures = try AttemptReader(self, place).rows(
        """
        i.task_id >= ? AND i.task_id < ? AND i.status NOT IN ('DONE', 'KILLED') AND NOT i.is_open ORDER BY i.id
        """, [place.tasks.lowerBound, place.tasks.upperBound], database)
      return (failures, try fatalWithoutAttempt(place, database))
    }
    var groups: [FailureKind: ErrorGroup] = [:]
    groups.reserveCapacity(failures.count)
    for (failure, said) in zip(failures, FailureSample.all(failures.map(\.attempt))) {
      let attempt = failure.attempt
      groups[said.kind, default: ErrorGroup(said.sample)].add(
        failure.task, at: attempt.ended ?? attempt.created, attempt)
    }
    for (task, why, time) in tasks {
      groups[FailureKind(likeness: Likeness(why).rest), default: ErrorGroup(why)].add(task, at: time, nil)
    }
    let all = Array(groups.values)
    let order = all.indices.sorted { one, two in
      if all[one].count != all[two].count { return all[one].count > all[two].count }
      if all[one].firstSeen != all[two].firstSeen { return all[one].firstSeen < all[two].firstSeen }
      return all[one].sample < all[two].sample
    }
    return order.prefix(limit ?? .max).map { all[$0].withHosts }
  }

  /// Tasks that became FATAL without an attempt, such as those that no queue takes.
  private func fatalWithoutAttempt(
    _ place: WorkflowPlace, _ database: Database
  ) throws -> [(TaskID, String, Timestamp)] {
    var found: [(TaskID, String, Timestamp)] = []
    try Feed.forEachChange(of: place.id, kind: .tasks, database, path: path) { change in
      guard case .tasks(let ids, _, to: .fatal, let why) = change.what else { return }
      found += ids.map { ($0, why.words ?? "", change.time) }
    }
    return found
  }
}

/// Equal for failures that are alike.
private struct FailureKind: Hashable, Sendable {
  /// nil where there was no attempt.
  var cause: String?
  var code: Int?
  var likeness: String
}

/// What a failed attempt says.
private struct FailureSample: Sendable {
  /// Attempts that a processor looks at at a time.
  private static let slice = 512

  let kind: FailureKind
  let sample: String

  init(_ attempt: AttemptRow, _ tail: inout LogTail) {
    let line = tail.lastLine(of: attempt.logFiles.stderr)
    let reason = attempt.failure ?? attempt.status.rawValue
    kind = FailureKind(
      cause: attempt.cause?.word ?? "", code: attempt.exitCode ?? attempt.signal ?? 0,
      likeness: Likeness(line ?? reason).rest)
    sample = line.map { "\($0) (\(reason))" } ?? reason
  }

  /// What each of them says; all processors read log files.
  static func all(_ attempts: [AttemptRow]) -> [FailureSample] {
    [FailureSample](unsafeUninitializedCapacity: attempts.count) { texts, count in
      // Each slice is written by one thread.
      nonisolated(unsafe) let texts = texts
      DispatchQueue.concurrentPerform(iterations: (attempts.count + slice - 1) / slice) { number in
        var tail = LogTail()
        for place in number * slice..<min((number + 1) * slice, attempts.count) {
          texts.initializeElement(at: place, to: FailureSample(attempts[place], &tail))
        }
      }
      count = attempts.count
    }
  }
}

/// The ends of log files, one after the other.
private struct LogTail {
  private var bytes = [UInt8](repeating: 0, count: 2048)

  /// The last line of a log file that says anything, as far as its last 2 KiB tell; nil where there is none. Where the
  /// command has put something else in its place: what that is.
  mutating func lastLine(of path: String?) -> String? {
    guard let path else { return nil }
    let file: Int32
    do throws(FileFault) { file = try GuardedFile.reading(path) } catch {
      return error.isRefusal ? "standard error cannot be shown: \(error)" : nil
    }
    defer { close(file) }
    let size = lseek(file, 0, SEEK_END)
    guard size > 0 else { return nil }
    let count = pread(file, &bytes, bytes.count, max(0, size - bytes.count))
    guard count > 0 else { return nil }
    return bytes.withUnsafeBufferPointer { bytes in
      var end = count
      while true {
        let start = bytes[..<end].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let line = BlankText.trimmed(UnsafeBufferPointer(rebasing: bytes[start..<end]))
        if !line.isEmpty { return String(decoding: line, as: UTF8.self) }
        guard start > 0 else { return nil }
        end = start - 1
      }
    }
  }
}

extension ErrorGroup {
  fileprivate init(_ sample: String) {
    self.init(
      count: 0, sample: sample, firstSeen: Timestamp(rawValue: .max), lastSeen: Timestamp(rawValue: .min),
      taskIDs: [], attempts: [], hosts: [], lastInstance: nil)
  }

  /// With the nodes in the order of how often they are met.
  fileprivate var withHosts: ErrorGroup {
    var group = self
    group.hosts = hostCounts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
    return group
  }

  fileprivate mutating func add(_ task: TaskID, at time: Timestamp, _ attempt: AttemptRow?) {
    func note<Value: Comparable>(_ value: Value, in list: inout [Value], most: Int = .max) {
      if let last = list.last, last < value {
        if list.count < most { list.append(value) }
        return
      }
      let place = list.firstIndex { $0 >= value } ?? list.count
      guard place == list.count || list[place] != value, list.count < most else { return }
      list.insert(value, at: place)
    }
    count += 1
    if time < firstSeen { firstSeen = time }
    if time >= lastSeen {
      lastSeen = time
      lastInstance = attempt?.instance ?? lastInstance
    }
    note(task, in: &taskIDs, most: Self.mostTasks)
    if let attempt {
      note(attempt.attempt, in: &attempts)
      if let node = attempt.node { hostCounts[node, default: 0] += 1 }
    }
  }
}
