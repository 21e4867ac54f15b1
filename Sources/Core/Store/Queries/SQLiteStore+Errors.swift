import Foundation
import GRDB
import GuardedFiles
import JobmonModel

extension SQLiteStore {
  /// The failures of a workflow in groups, most frequent first. Attempts that jobmon cancelled are not failures.
  ///
  /// Failures are similar if cause and code are the same, and if the last lines of standard error differ only in parts
  /// that vary between tasks (`Likeness`). Without such a line, the reasons are compared.
  public func errors(of workflow: WorkflowID, limit: Int? = nil) throws -> [ErrorGroup] {
    let (failures, tasks) = try read { database in
      let scope = try WorkflowScope(workflow, database)
      let failures = try AttemptReader(self, scope).rows(
        """
        i.task_id >= ? AND i.task_id < ? AND i.status NOT IN ('DONE', 'KILLED') AND NOT i.is_open ORDER BY i.id
        """, [scope.tasks.lowerBound, scope.tasks.upperBound], database)
      return (failures, try fatalWithoutAttempt(scope, database))
    }
    var groups: [FailureKind: CountedErrors] = [:]
    groups.reserveCapacity(failures.count)
    for (failure, said) in zip(failures, FailureSample.all(failures.map(\.attempt))) {
      let attempt = failure.attempt
      groups[said.kind, default: CountedErrors(said.sample)].add(
        failure.task, at: attempt.ended ?? attempt.created, attempt)
    }
    for (task, why, time) in tasks {
      groups[FailureKind(likeness: Likeness(why).rest), default: CountedErrors(why)].add(task, at: time, nil)
    }
    let all = Array(groups.values)
    let order = all.indices.sorted { one, two in
      let (one, two) = (all[one].counted, all[two].counted)
      if one.count != two.count { return one.count > two.count }
      if one.firstSeen != two.firstSeen { return one.firstSeen < two.firstSeen }
      return one.sample < two.sample
    }
    return order.prefix(limit ?? .max).map { all[$0].group }
  }

  /// Tasks that became FATAL without an attempt, such as tasks that no queue accepts.
  private func fatalWithoutAttempt(
    _ scope: WorkflowScope, _ database: Database
  ) throws -> [(TaskID, String, Timestamp)] {
    var found: [(TaskID, String, Timestamp)] = []
    try Feed.forEachChange(of: scope.id, kind: .tasks, database, path: path) { change in
      guard case .tasks(let ids, _, to: .fatal, let why) = change.what else { return }
      found += ids.map { ($0, why.words ?? "", change.time) }
    }
    return found
  }
}

/// The key of a group: equal for similar failures.
private struct FailureKind: Hashable, Sendable {
  /// nil if there was no attempt.
  var cause: String?
  var code: Int?
  var likeness: String
}

/// The text of a failed attempt.
private struct FailureSample: Sendable {
  /// Number of attempts that one thread processes at a time.
  private static let slice = 512
  /// Number of bytes that are read from the end of a log file.
  private static let end = 2048

  let kind: FailureKind
  let sample: String

  init(_ attempt: AttemptRow, _ tail: inout LogTail) {
    let line = Self.lastLine(of: attempt.logFiles.stderr, &tail)
    let reason = attempt.failure ?? attempt.status.rawValue
    kind = FailureKind(
      cause: attempt.cause?.word ?? "", code: attempt.cause?.code ?? 0,
      likeness: Likeness(line ?? reason).rest)
    sample = line.map { "\($0) (\(reason))" } ?? reason
  }

  /// The last non-blank line of standard error; nil if there is none. If the command has replaced the file by something
  /// else, such as a FIFO, the reason why it cannot be shown.
  private static func lastLine(of path: String?, _ tail: inout LogTail) -> String? {
    guard let path else { return nil }
    do throws(FileFault) { return try tail.lastLine(of: path) } catch {
      return error.isRefusal ? "standard error cannot be shown: \(error)" : nil
    }
  }

  /// The texts of all attempts. All processors read log files.
  static func all(_ attempts: [AttemptRow]) -> [FailureSample] {
    [FailureSample](unsafeUninitializedCapacity: attempts.count) { texts, count in
      // Each thread writes its own slices.
      nonisolated(unsafe) let texts = texts
      DispatchQueue.concurrentPerform(iterations: (attempts.count + slice - 1) / slice) { number in
        var tail = LogTail(most: end)
        for index in number * slice..<min((number + 1) * slice, attempts.count) {
          texts.initializeElement(at: index, to: FailureSample(attempts[index], &tail))
        }
      }
      count = attempts.count
    }
  }
}

/// A group that is being filled.
private struct CountedErrors {
  private(set) var counted: ErrorGroup
  private var hostCounts: [String: Int] = [:]

  init(_ sample: String) {
    counted = ErrorGroup(
      count: 0, sample: sample, firstSeen: Timestamp(rawValue: .max), lastSeen: Timestamp(rawValue: .min),
      taskIDs: [], attempts: [], hosts: [], lastInstance: nil)
  }

  /// The group with its nodes, the most frequent first.
  var group: ErrorGroup {
    var group = counted
    group.hosts = hostCounts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
    return group
  }

  mutating func add(_ task: TaskID, at time: Timestamp, _ attempt: AttemptRow?) {
    func note<Value: Comparable>(_ value: Value, in list: inout [Value], most: Int = .max) {
      if let last = list.last, last < value {
        if list.count < most { list.append(value) }
        return
      }
      let index = list.firstIndex { $0 >= value } ?? list.count
      guard index == list.count || list[index] != value, list.count < most else { return }
      list.insert(value, at: index)
    }
    counted.count += 1
    if time < counted.firstSeen { counted.firstSeen = time }
    if time >= counted.lastSeen {
      counted.lastSeen = time
      counted.lastInstance = attempt?.instance ?? counted.lastInstance
    }
    note(task, in: &counted.taskIDs, most: ErrorGroup.mostTasks)
    if let attempt {
      note(attempt.attempt, in: &counted.attempts)
      if let node = attempt.node { hostCounts[node, default: 0] += 1 }
    }
  }
}
