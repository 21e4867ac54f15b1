import GRDB

extension SQLiteStore {
  /// Everything that has changed in a workflow, oldest first.
  ///
  /// Rows are in order of `seq`, and of time within one `seq`. A task instance's row keeps the time of each of its
  /// changes, but the `seq` of the last one only: an earlier change is given the `seq` of the last change of the
  /// workflow that lies before it in time, and never one that is not below that of its own instance's last change.
  ///
  /// - Parameter limit: the most rows: the last ones; nil is all.
  /// - Throws: ``StoreError/notFound(_:)``
  public func history(of workflow: WorkflowID, limit: Int? = nil) throws -> [HistoryRow] {
    try read { database in
      try HistoryReader(self, WorkflowPlace(workflow, database), database).rows(task: nil, limit: limit)
    }
  }

  /// Everything that has changed in a task and its instances, as in ``history(of:limit:)``.
  public func history(ofTask task: TaskID, limit: Int? = nil) throws -> [HistoryRow] {
    try read { database in
      try HistoryReader(self, WorkflowPlace(task: task, database), database).rows(task: task, limit: limit)
    }
  }
}

/// Puts a history together from the rows of `change` and from what stands on the rows of the instances.
private struct HistoryReader {
  let store: SQLiteStore
  let place: WorkflowPlace
  let database: Database
  let changes: [Change]
  /// Who bound the workflow.
  let user: String?

  init(_ store: SQLiteStore, _ place: WorkflowPlace, _ database: Database) throws {
    self.store = store
    self.place = place
    self.database = database
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT seq, time, kind, run_id, id, others, old, new, by, why FROM change WHERE workflow_id = ? ORDER BY seq
        """, arguments: [place.id])
    var changes: [Change] = []
    while let row = try rows.next() { changes.append(try Change(row, store)) }
    self.changes = changes
    user = try String.fetchOne(
      database, sql: "SELECT user FROM workflow WHERE id = ?", arguments: [place.id])
  }

  /// - Parameter task: only what happened to this task and its instances.
  func rows(task: TaskID?, limit: Int?) throws -> [HistoryRow] {
    let attempts = try attempts(of: task, limit: limit)
    var entries = told(task.map { only in (only, Set(attempts.map(\.id))) })
    let moments = try Moments(changes, of: place.id, database)
    let byHand = changesByHand()
    let launches = launches()
    for attempt in attempts {
      entries += attempt.entries(
        moments: moments, launch: launches[attempt.id],
        isByHand: { byHand[attempt.task]?.contains(where: $0) ?? false })
    }
    entries.sort()
    return try named(entries.suffix(limit ?? entries.count).map(\.row))
  }

  private func attempts(of task: TaskID?, limit: Int?) throws -> [Attempt] {
    // No row of an instance lies behind its last change: the last rows are found at the instances changed last.
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT i.id, i.task_id, i.status, i.is_open, i.is_retry, i.seq, i.created, i.started, i.ended,
          i.cause, b.run_id, i.run_id
        FROM instance i CROSS JOIN batch b ON b.id = i.batch_id
        WHERE \(task == nil ? "i.workflow_id" : "i.task_id") = ? ORDER BY i.seq DESC LIMIT ?
        """, arguments: [task ?? place.id, limit ?? -1])
    var attempts: [Attempt] = []
    while let row = try rows.next() { attempts.append(try Attempt(row, store)) }
    return attempts
  }

  /// What the rows of `change` tell, an entry for each id.
  ///
  /// - Parameter only: a task, with its instances.
  private func told(_ only: (task: TaskID, instances: Set<TaskInstanceID>)?) -> [Entry] {
    changes.flatMap { change -> [Entry] in
      switch (change.kind, only) {
      case (.task, .some(let only)): change.entries(user) { $0 == only.task }
      case (.taskInstance, .some(let only)): change.entries(user, where: only.instances.contains)
      case (_, .some): []
      default: change.entries(user) { _ in true }
      }
    }
  }

  /// The seq at which an instance was launched, of those that were told by their batch.
  private func launches() -> [TaskInstanceID: Int64] {
    var found: [TaskInstanceID: Int64] = [:]
    for change in changes where change.kind == .taskInstance {
      for (offset, id) in change.ids.enumerated() { found[id] = change.seq + Int64(offset) }
    }
    return found
  }

  /// When each task was set by hand.
  private func changesByHand() -> [TaskID: [(seq: Int64, time: Timestamp)]] {
    var found: [TaskID: [(seq: Int64, time: Timestamp)]] = [:]
    for change in changes where change.kind == .task && change.by != nil {
      for (offset, id) in change.ids.enumerated() {
        found[id, default: []].append((change.seq + Int64(offset), change.time))
      }
    }
    return found
  }

  /// With the tasks' ids and names.
  private func named(_ rows: [HistoryRow]) throws -> [HistoryRow] {
    let instances = try lookUp(
      "SELECT id, task_id FROM instance",
      rows.compactMap { $0.kind == .taskInstance && $0.task == nil ? $0.id : nil },
      as: Int64.self)
    var rows = rows
    for index in rows.indices {
      switch rows[index].kind {
      case .task: rows[index].task = rows[index].id
      case .taskInstance: rows[index].task = rows[index].task ?? instances[rows[index].id]
      default: break
      }
    }
    let names = try lookUp("SELECT id, name FROM task_definition", rows.compactMap(\.task), as: String.self)
    for index in rows.indices { rows[index].taskName = rows[index].task.flatMap { names[$0] } }
    return rows
  }

  /// The second column of `select`, by the first, for these ids.
  private func lookUp<Value: DatabaseValueConvertible>(
    _ select: String, _ ids: [Int64], as type: Value.Type
  ) throws -> [Int64: Value] {
    let list = "[" + Set(ids).map(String.init).joined(separator: ",") + "]"
    var found: [Int64: Value] = [:]
    let rows = try Row.fetchCursor(
      database, sql: select + " WHERE id IN (SELECT value FROM json_each(?))", arguments: [list])
    while let row = try rows.next() { found[row[0]] = row[1] }
    return found
  }
}

/// A row with its place among the others.
private struct Entry: Comparable {
  var row: HistoryRow
  /// Whether the row's seq is that of the change before it.
  var isBetween = false
  /// No earlier than what came before on the same instance, whatever the clocks say.
  var time: Timestamp
  /// Its place among the changes of one instance.
  var step = 0

  static func < (left: Entry, right: Entry) -> Bool {
    (left.row.seq, left.isBetween ? 1 : 0, left.time, left.row.task ?? 0, left.step)
      < (right.row.seq, right.isBetween ? 1 : 0, right.time, right.row.task ?? 0, right.step)
  }
}

/// A row of the table `change`.
private struct Change {
  var seq: Int64
  var time: Timestamp
  var kind: HistoryRow.Kind
  var run: WorkflowRunID?
  var ids: [Int64]
  var from: String?
  var to: String
  var by: String?
  var why: String?

  init(_ row: Row, _ store: SQLiteStore) throws {
    seq = row[0]
    time = Timestamp(rawValue: row[1])
    let kind: HistoryRow.Kind = try store.stored(row[2])
    self.kind = kind
    run = row[3]
    ids = ChangeIDs.of(row[4], others: row[5])
    func word(_ text: String) -> String {
      // The engine notes a task's letter, an edit by hand the word.
      kind == .task ? TaskStatus(rawValue: text)?.word.rawValue ?? text : text
    }
    from = (row[6] as String?).map(word)
    to = word(row[7])
    by = row[8]
    why = row[9]
  }

  /// Ids that changed together took a seq each, in their order.
  var lastSeq: Int64 { seq + Int64(max(1, ids.count)) - 1 }

  func entries(_ user: String?, where isWanted: (Int64) -> Bool) -> [Entry] {
    ids.enumerated().compactMap { offset, id in
      guard isWanted(id) else { return nil }
      return Entry(
        row: HistoryRow(
          seq: seq + Int64(offset), time: time, kind: kind, id: id, from: from, to: to,
          by: by ?? run.map { "run \($0)" } ?? user, cause: why), time: time)
    }
  }
}

/// A row of the table `instance`.
private struct Attempt {
  var id: TaskInstanceID
  var task: TaskID
  var status: TaskInstanceStatus
  var isOpen: Bool
  var isRetry: Bool
  /// Of its last change.
  var seq: Int64
  var created: Timestamp
  var started: Timestamp?
  var ended: Timestamp?
  var cause: String?
  /// The run that made it, and the one that it belongs to now.
  var maker: WorkflowRunID
  var run: WorkflowRunID

  init(_ row: Row, _ store: SQLiteStore) throws {
    func time(_ column: Int) -> Timestamp? { (row[column] as Int64?).map(Timestamp.init(rawValue:)) }
    id = row[0]
    task = row[1]
    status = try store.stored(row[2])
    isOpen = row[3]
    isRetry = row[4]
    seq = row[5]
    created = Timestamp(rawValue: row[6])
    started = time(7)
    ended = time(8)
    cause = row[9]
    maker = row[10]
    run = row[11]
  }

  /// What its task became when it ended.
  private var taskWord: TaskWord {
    switch status {
    case .done: .done
    case .fatal, .resourceError: isRetry ? .pending : .fatal
    default: .pending
    }
  }

  /// Its changes, and those of its task that followed from them.
  ///
  /// - Parameters:
  ///   - launch: the seq of its launch, which stands in `change`.
  ///   - isByHand: whether the task was set by hand at a time that meets the condition.
  func entries(
    moments: Moments, launch: Int64?, isByHand: (((seq: Int64, time: Timestamp)) -> Bool) -> Bool
  ) -> [Entry] {
    var entries: [Entry] = []
    func add(
      _ kind: HistoryRow.Kind, _ from: String?, _ to: String, at time: Timestamp, seq own: Int64?,
      by run: WorkflowRunID, cause: String? = nil
    ) {
      let latest = max(time, entries.last?.time ?? time)
      // Before its launch it was made; all else came after.
      let between =
        entries.isEmpty
        ? min(moments.lastSeq(by: latest), min(seq, launch ?? seq) - 1)
        : min(max(moments.lastSeq(by: latest), launch ?? 0), seq - 1)
      entries.append(
        Entry(
          row: HistoryRow(
            seq: own ?? between, time: time, kind: kind,
            id: kind == .task ? task : id, task: task, from: from, to: to, by: "run \(run)", cause: cause),
          isBetween: own == nil, time: latest, step: entries.count))
    }
    let instantiated = TaskInstanceStatus.instantiated
    add(
      .taskInstance, nil, instantiated.rawValue, at: created,
      seq: isOpen && status == instantiated ? seq : nil, by: maker)
    var last = launch == nil ? instantiated : .launched
    var word = launch == nil ? TaskWord.pending : .scheduled
    if let started {
      let isLast = isOpen && status == .running
      add(
        .taskInstance, TaskInstanceStatus.launched.rawValue, TaskInstanceStatus.running.rawValue, at: started,
        seq: isLast ? seq : nil, by: run)
      add(
        .task, TaskWord.scheduled.rawValue, TaskWord.running.rawValue, at: started,
        seq: isLast ? seq + 1 : nil,
        by: run)
      (last, word) = (.running, .running)
    }
    guard !isOpen, let ended else { return entries }
    add(.taskInstance, last.rawValue, status.rawValue, at: ended, seq: seq, by: run, cause: cause)
    // An attempt that lay open when its task was set by hand moved it no more when it was found to have ended.
    if word != taskWord, !isByHand({ $0.seq < seq && $0.time >= created }) {
      add(.task, word.rawValue, taskWord.rawValue, at: ended, seq: seq + 1, by: run, cause: cause)
    }
    return entries
  }
}

/// When which seq had been reached in a workflow.
private struct Moments {
  private var times: [Timestamp] = []
  private var seqs: [Int64] = []

  init(_ changes: [Change], of workflow: WorkflowID, _ database: Database) throws {
    var moments = changes.map { (time: $0.time.rawValue, seq: $0.lastSeq) }
    let rows = try Row.fetchCursor(
      database, sql: "SELECT COALESCE(ended, started, created), seq FROM instance WHERE workflow_id = ?",
      arguments: [workflow])
    while let row = try rows.next() { moments.append((row[0], row[1])) }
    moments.sort { $0 < $1 }
    var highest: Int64 = 0
    for moment in moments {
      highest = max(highest, moment.seq)
      times.append(Timestamp(rawValue: moment.time))
      seqs.append(highest)
    }
  }

  /// The seq that had been reached by then.
  func lastSeq(by time: Timestamp) -> Int64 {
    var low = 0
    var high = times.count
    while low < high {
      let middle = (low + high) / 2
      if times[middle] <= time { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? 0 : seqs[low - 1]
  }
}
