import Foundation
import GRDB
import JobmonModel

/// Converts the history kept by versions before 6 into the feed. The sources are the rows of `change` and the times in
/// the rows of instances. An instance row has only the `seq` of its last change, so the changes of each workflow are
/// sorted by time and numbered anew, one workflow after the other.
struct FeedUpgrade {
  /// Maximum number of changes in a row of the feed.
  private static let most = 4096

  private let database: Database

  init(_ database: Database) { self.database = database }

  /// - Throws: `DatabaseError`
  func run() throws {
    try KeptReason.upgrade(database)
    var seq: Int64 = 1
    for row in try Row.fetchAll(database, sql: "SELECT id, user FROM workflow ORDER BY id") {
      try convert(row[0], user: row[1], &seq)
    }
    try database.execute(
      sql: "UPDATE progress SET seq = max(seq, ?) WHERE workflow_id = 0", arguments: [seq - 1])
    KillPoint.reached("store.upgrade.before-commit")
  }

  /// A change with its position in the sort order.
  private struct Step {
    var time: Int64
    /// The order among equal times: starts of runs, then the steps of attempts, then edits, then ends of runs.
    var rank: Int8
    /// The index of the change or of the attempt.
    var source: Int32
    var isChange: Bool
  }

  private struct Attempt {
    var instance: TaskInstanceID
    var task: TaskID
    var number: Int
    var maker: WorkflowRunID
    var run: WorkflowRunID
    var end: End?

    struct End {
      var status: TaskInstanceStatus
      var cause: Cause
      var message: String?
      var node: String?
      var followUp: FollowUp?
      var hasStarted: Bool
      var hasLaunched: Bool
      var wasSetByHand: Bool
    }
  }

  private func convert(_ workflow: WorkflowID, user: String, _ next: inout Int64) throws {
    var steps: [Step] = []
    let changes = try oldChanges(of: workflow, user, &steps)
    let launched = Set(
      changes.lazy.flatMap { change -> [TaskInstanceID] in
        if case .launched(let attempts) = change.change.what { attempts.map(\.instance) } else { [] }
      })
    var byHand: [TaskID: [(seq: Int64, time: Int64)]] = [:]
    for change in changes {
      guard case .tasks(let tasks, _, _, _) = change.change.what, change.change.user != nil else { continue }
      for task in tasks { byHand[task, default: []].append((change.seq, change.change.time.rawValue)) }
    }
    let attempts = try oldAttempts(of: workflow, launched: launched, byHand: byHand, &steps)
    steps.sort { ($0.time, $0.rank, $0.source) < ($1.time, $1.rank, $1.source) }
    let tasks = Dictionary(attempts.map { ($0.instance, $0.task) }, uniquingKeysWith: { one, _ in one })

    var encoder = ChangeEncoder()
    var count = 0
    var owner: (run: WorkflowRunID?, user: String?) = (nil, nil)
    func flush() throws {
      try Feed.append(encoder, workflow: workflow, run: owner.run, user: owner.user, database)
      encoder = ChangeEncoder()
      count = 0
    }
    for step in steps {
      var change: Change
      if step.isChange {
        change = changes[Int(step.source)].change
        if case .launched(let some) = change.what {
          change.what = .launched(
            some.map { ChangedAttempt(instance: $0.instance, task: tasks[$0.instance] ?? 0) })
        }
      } else {
        change = Self.change(attempts[Int(step.source)], step, workflow)
      }
      if count > 0, count >= Self.most || owner != (change.run, change.user) { try flush() }
      owner = (change.run, change.user)
      change.seq = next
      next += Int64(change.count)
      try encoder.append(change)
      count += 1
    }
    try flush()
  }

  private static let (made, started, ended): (Int8, Int8, Int8) = (1, 3, 4)

  private static func change(_ attempt: Attempt, _ step: Step, _ workflow: WorkflowID) -> Change {
    let changed = ChangedAttempt(instance: attempt.instance, task: attempt.task, attempt: attempt.number)
    let what: Change.What
    switch step.rank {
    case made: what = .instantiated([changed])
    case started: what = .started(changed, node: attempt.end?.node)
    default:
      let end = attempt.end!
      let from: TaskStatus =
        end.wasSetByHand ? .done : end.hasStarted ? .running : end.hasLaunched ? .launched : .instantiated
      let isFailure = [.fatal, .resourceError].contains(end.status)
      what = .ended(
        AttemptEnd(
          attempt: changed, from: from,
          taskStatus: end.status == .done
            ? .done : isFailure && !(end.followUp?.isRetry ?? false) ? .fatal : .registering,
          status: end.status, cause: end.cause, node: end.node, message: end.message, followUp: end.followUp))
    }
    return Change(
      seq: 0, time: Timestamp(rawValue: step.time), workflow: workflow,
      run: step.rank == made ? attempt.maker : attempt.run, what)
  }

  private func oldAttempts(
    of workflow: WorkflowID, launched: Set<TaskInstanceID>, byHand: [TaskID: [(seq: Int64, time: Int64)]],
    _ steps: inout [Step]
  ) throws -> [Attempt] {
    var attempts: [Attempt] = []
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT i.id, i.task_id, i.attempt, b.run_id, i.run_id, i.created, i.started, i.ended, i.is_open, i.status,
          i.cause, i.code, i.detail, i.message, i.node, i.follow_up, i.seq
        FROM instance i CROSS JOIN batch b ON b.id = i.batch_id WHERE i.workflow_id = ? ORDER BY i.id
        """, arguments: [workflow])
    while let row = try rows.next() {
      let source = Int32(attempts.count)
      let (created, started, ended): (Int64, Int64?, Int64?) = (row[5], row[6], row[7])
      var attempt = Attempt(
        instance: row[0], task: row[1], number: row[2], maker: row[3], run: row[4])
      steps.append(Step(time: created, rank: Self.made, source: source, isChange: false))
      // Never earlier than the step before, even if the clocks differ.
      if let started {
        steps.append(Step(time: max(created, started), rank: Self.started, source: source, isChange: false))
      }
      if !(row[8] as Bool), let ended {
        let seq: Int64 = row[16]
        let status = TaskInstanceStatus(rawValue: row[9]) ?? .unknown
        attempt.end = Attempt.End(
          status: status,
          cause: (row[10] as String?).flatMap { Cause(word: $0, code: row[11], detail: row[12]) }
            ?? (status == .done ? .exit(0) : .interrupted),
          message: row[13], node: row[14],
          followUp: try (row[15] as String?).map { try StoredJSON.value(FollowUp.self, $0) },
          hasStarted: started != nil, hasLaunched: launched.contains(row[0]),
          // If the user set the task while an attempt was open, the end of that attempt did not change the task.
          wasSetByHand: byHand[row[1]]?.contains { $0.seq < seq && $0.time >= created } ?? false)
        steps.append(
          Step(
            time: max(created, started ?? created, ended), rank: Self.ended, source: source, isChange: false))
      }
      attempts.append(attempt)
    }
    return attempts
  }

  private func oldChanges(of workflow: WorkflowID, _ user: String, _ steps: inout [Step]) throws
    -> [(seq: Int64, change: Change)]
  {
    var changes: [(seq: Int64, change: Change)] = []
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT seq, time, kind, run_id, id, others, old, new, by, why FROM change WHERE workflow_id = ? ORDER BY seq
        """, arguments: [workflow])
    while let row = try rows.next() {
      let (time, run, by, why): (Int64, WorkflowRunID?, String?, String?) = (row[1], row[3], row[8], row[9])
      guard
        let (what, rank) = Self.what(
          kind: row[2], ids: Self.ids(row[4], others: row[5]), from: row[6], to: row[7], why: why)
      else { continue }
      steps.append(Step(time: time, rank: rank, source: Int32(changes.count), isChange: true))
      changes.append(
        (
          row[0],
          Change(
            seq: 0, time: Timestamp(rawValue: time), workflow: workflow, run: run,
            user: by ?? (run == nil ? user : nil),
            what)
        ))
    }
    return changes
  }

  /// - Returns: the change, and its rank among those of the same millisecond; nil for words that no version has
  ///   written.
  private static func what(kind: String, ids: [Int64], from: String?, to: String, why: String?) -> (
    Change.What, rank: Int8
  )? {
    let reason: ChangeReason? =
      switch why {
      case "set by hand": .setByHand
      case "resumed": .resumed
      case "bound again": .boundAgain
      case "bound again with other settings": .boundWithOtherSettings
      case "its changes were accepted: another one takes its place": .replaced
      case "its driver was found dead": .driverFoundDead
      default: why.map { .text($0) }
      }
    switch kind {
    case "workflow":
      guard let status = WorkflowStatus(rawValue: to) else { return nil }
      let isEnd = [.done, .halted, .failed, .aborted].contains(status)
      return (
        .workflow(from: from.flatMap(WorkflowStatus.init(rawValue:)), to: status, why: reason), isEnd ? 6 : 0
      )
    case "workflow_run":
      guard let run = ids.first else { return nil }
      if to.hasSuffix("_REQUESTED") { return (.stopRequested(run, cancel: to.contains("CANCEL")), 4) }
      guard let status = WorkflowRunStatus(rawValue: to) else { return nil }
      return (
        .run(run, from: from.flatMap(WorkflowRunStatus.init(rawValue:)), to: status, why: reason),
        status.isFinal ? 5 : 0
      )
    case "task":
      // The engine stored a task's letter, edits by the user stored the word.
      func word(_ text: String) -> TaskWord? { TaskStatus(rawValue: text)?.word ?? TaskWord(rawValue: text) }
      guard let old = from.flatMap(word), let new = word(to) else { return nil }
      return (.tasks(ids, from: old, to: new, why: reason ?? .setByHand), 4)
    case "task_instance":
      return (.launched(ids.map { ChangedAttempt(instance: $0, task: 0) }), 2)
    case "limit":
      let template = why.flatMap { $0.hasPrefix("template ") ? String($0.dropFirst(9)) : nil }
      return (
        .limit(
          template: template, from: from.flatMap { Int($0) }, to: Int(to), why: template == nil ? reason : nil
        ),
        4
      )
    default: return nil
    }
  }

  /// The ids of a row that describes one or more objects.
  ///
  /// - Parameters:
  ///   - first: the id of the first object that changed.
  ///   - others: all ids if there are several, as in `14-20,31`.
  static func ids(_ first: Int64?, others: String?) -> [Int64] {
    guard let others else { return first.map { [$0] } ?? [] }
    return others.split(separator: ",").flatMap { part -> [Int64] in
      let ends = part.split(separator: "-").compactMap { Int64($0) }
      guard let start = ends.first, let end = ends.last, start <= end else { return [] }
      return Array(start...end)
    }
  }
}
