import Foundation
import GRDB
import JobmonModel

/// Replaces the database with a copy of the store, and keeps the previous database. The database may be in any state.
public struct DatabaseRestore {
  /// The result of a restore.
  public struct Outcome: Hashable, Sendable {
    /// The path under which the previous database was kept; nil if there was none.
    public var kept: String?
    /// Number of workflows in the restored database, without those that were not stored completely.
    public var workflows: Int
    /// Number of tasks of these workflows.
    public var tasks: Int
    /// Number of DONE tasks among ``tasks``.
    public var done: Int
  }

  /// Attempts without a recorded end in the present database.
  public struct OpenAttempts: Hashable, Sendable {
    /// The workflow of the attempts.
    public var workflow: WorkflowID
    /// The name of the cluster to which they were submitted.
    public var cluster: String
    /// The number of attempts, equal to the number of ``tokens``.
    public var count: Int
    /// The names by which the cluster knows the attempts: `<batch token>.<index>`.
    public var tokens: [String]
    /// Whether a scheduler has given them ids. If so, they may still be running.
    public var haveHandles: Bool
  }

  private let copy: String
  private let path: String

  /// - Parameters:
  ///   - copy: a file written by `db_backup`, or any complete jobmon database.
  ///   - path: the path of the database.
  public init(copy: String, path: String) {
    self.copy = copy
    self.path = path
  }

  /// - Parameters:
  ///   - takesFaults: whether to accept the copy even if ``SQLiteStore/check()`` finds faults.
  ///   - mayRun: called with open attempts; returns why they may still be running, or nil if they are not.
  /// - Throws: ``RunRefusal`` if the copy does not exist, is not a jobmon database or is damaged, if a run is live, or
  ///   if attempts may still be running; ``StoreError``.
  public func run(takesFaults: Bool, mayRun: (OpenAttempts) -> String?) throws -> Outcome {
    guard let source = OSFile.status(copy) else {
      throw RunRefusal(RestoreRefusal.missing(copy))
    }
    guard source.st_mode & S_IFMT == S_IFREG else {
      throw RunRefusal(RestoreRefusal.notRegular(copy))
    }
    let present = OSFile.status(path)
    if let present, present.st_dev == source.st_dev, present.st_ino == source.st_ino {
      throw RunRefusal(RestoreRefusal.isDatabase(copy))
    }
    try PrivateFile.makeFolder(of: path)
    let draft = try SQLiteStore.newFile(beside: path, "draft-of-a-restore")
    defer { SQLiteStore.removeDatabase(draft) }
    try read(into: draft)
    let store = try checked(draft, takesFaults: takesFaults)
    let kept = present == nil ? nil : try replaced(by: store, mayRun)
    if kept == nil || !OSFile.exists(path) { try move(store, draft) }

    var options = SQLiteStore.Options()
    options.keepsUpgraded = false
    let restored = try SQLiteStore(path: path, options: options)
    let findings = try restored.check()
    guard findings.isEmpty || takesFaults else {
      throw StoreError.corrupt(path: path, findings.map(\.explanation).joined(separator: "; "))
    }
    try restored.checkpoint()
    return try restored.read { database in
      let row = try Row.fetchOne(
        database,
        sql: """
          SELECT count(*), TOTAL(task_count), TOTAL(done) FROM workflow JOIN progress ON workflow_id = workflow.id
          WHERE is_bound
          """)!
      return Outcome(
        kept: kept, workflows: row[0], tasks: Int(Int64(nearest: row[1])), done: Int(Int64(nearest: row[2])))
    }
  }

  // MARK: The copy

  /// Reads the copy without changing it, including its write-ahead log if it has one.
  private func read(into draft: String) throws {
    let hasLog = OSFile.status(copy + "-wal").map { $0.st_size > 0 } ?? false
    do {
      if hasLog {
        var configuration = GRDB.Configuration()
        configuration.readonly = true
        let source = try DatabaseQueue(path: copy, configuration: configuration)
        let target = try DatabaseQueue(path: draft)
        try source.backup(to: target)
        try target.close()
        try source.close()
      } else {
        try OSFile.copy(copy, to: draft)
      }
      let queue = try DatabaseQueue(path: draft)
      let isStore = try queue.read { try $0.tableExists("store") && $0.tableExists("progress") }
      try queue.close()
      guard isStore else { throw RunRefusal(RestoreRefusal.notDatabase(copy)) }
    } catch let error as DatabaseError {
      if error.resultCode == .SQLITE_NOTADB {
        throw RunRefusal(RestoreRefusal.notDatabase(copy))
      }
      throw RunRefusal(
        RestoreRefusal.unreadable(copy, reason: error.message ?? "\(error.resultCode)"))
    } catch let error as POSIXError {
      throw RunRefusal(RestoreRefusal.unreadable(copy, reason: error.localizedDescription))
    }
  }

  private func checked(_ draft: String, takesFaults: Bool) throws -> SQLiteStore {
    do {
      let queue = try DatabaseQueue(path: draft)
      let faults = try queue.write { database in
        let faults = try BackupChecksums.faults(in: database)
        try BackupChecksums.remove(from: database)
        return faults
      }
      try queue.close()
      var options = SQLiteStore.Options()
      options.keepsUpgraded = false
      let store = try SQLiteStore(path: draft, options: options)
      let all = faults + (try store.check().map(\.explanation))
      if all.isEmpty || takesFaults { return store }
      throw RunRefusal(RestoreRefusal.damaged(copy, findings: all))
    } catch let error as StoreError {
      if case .newerSchema(_, let found, let known) = error {
        throw StoreError.newerSchema(path: copy, found: found, known: known)
      }
      throw RunRefusal(RestoreRefusal.unusable(copy, error))
    }
  }

  // MARK: The database

  /// Keeps a copy of the database and overwrites the database with `store`. If the database cannot be opened, it is
  /// renamed instead and the caller moves the new one to its path.
  ///
  /// - Returns: the path of the previous database.
  private func replaced(by store: SQLiteStore, _ mayRun: (OpenAttempts) -> String?) throws -> String {
    let ending = "before-restore-" + Timestamp.now.iso8601.replacing(":", with: "").prefix(17)
    var options = SQLiteStore.Options()
    options.keepsUpgraded = false
    options.lockPatience = 10
    let present: SQLiteStore
    do {
      present = try SQLiteStore(path: path, options: options)
    } catch let error as StoreError {
      switch error {
      case .corrupt, .foreignLog: return try movedAway(ending)
      default: throw error
      }
    }
    try refuseLive(present)
    try refuseOpen(present, mayRun)
    let kept: String
    do {
      kept = try SQLiteStore.keepCopy(present.queue, of: path, ending)
    } catch StoreError.corrupt {
      return try movedAway(ending)
    }
    // Ids must never be used twice, and the `seq` of a reader of the history must not decrease.
    try store.takeCounters(of: present)
    KillPoint.reached("store.restore.before-copy")
    do { try store.queue.backup(to: present.queue) } catch { throw StoreError(error, path: path) }
    return kept
  }

  private func refuseLive(_ present: SQLiteStore) throws {
    let held = try present.read {
      try WorkflowID.fetchAll($0, sql: "SELECT id FROM workflow WHERE holder IS NOT NULL ORDER BY id")
    }
    let live = try held.filter { try present.driver(of: $0).isLive }
    if !live.isEmpty { throw RunRefusal(RestoreRefusal.live(live)) }
  }

  /// The copy does not contain attempts created later. Such an attempt could still be running beside the next attempt
  /// of its task.
  private func refuseOpen(_ present: SQLiteStore, _ mayRun: (OpenAttempts) -> String?) throws {
    for attempts in try present.openAttempts() {
      guard let why = mayRun(attempts) else { continue }
      throw RunRefusal(
        RestoreRefusal.mayRun(
          attempts.workflow, attempts: attempts.count, cluster: attempts.cluster, reason: why))
    }
  }

  /// Renames an unusable database and its log. Throws if another process has it open.
  private func movedAway(_ ending: String) throws -> String {
    if let process = Self.processes(using: path).first {
      throw RunRefusal(RestoreRefusal.inUse(path: path, by: process))
    }
    let kept = try SQLiteStore.newFile(beside: path, ending)
    OSFile.unlink(kept)
    let parts = [""] + SQLiteStore.sidecars.filter { OSFile.exists(path + $0) }
    // The file has both names until all its parts have the new one, so a kill in between loses nothing. The database is
    // unlinked before its log: the database without its log could be taken for a complete one.
    for part in parts where !OSFile.link(path + part, kept + part) { throw Self.failure(kept + part) }
    KillPoint.reached("store.restore.kept")
    for part in parts {
      OSFile.unlink(path + part)
      KillPoint.reached("store.restore.moved-away")
    }
    return kept
  }

  /// Moves the draft to the path of the database, where no file exists.
  private func move(_ store: SQLiteStore, _ draft: String) throws {
    for part in SQLiteStore.sidecars { OSFile.unlink(path + part) }
    do {
      try store.queue.inDatabase { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
      try store.queue.close()
    } catch { throw StoreError(error, path: draft) }
    KillPoint.reached("store.restore.before-link")
    // Never overwrites a file that was created in the meantime.
    guard OSFile.link(draft, path) else { throw Self.failure(path) }
    OSFile.syncFolder(of: path)
  }

  private static func failure(_ path: String) -> StoreError {
    .unavailable(path: path, "it cannot be created: \(String(cString: strerror(errno)))")
  }

  /// The other processes on this host that have a file open, as far as this user can see.
  private static func processes(using path: String) -> [pid_t] {
    guard let file = FileIdentity(path) else { return [] }
    return OSFile.names(in: "/proc").compactMap { pid_t($0) }.filter { process in
      process != getpid()
        && OSFile.names(in: "/proc/\(process)/fd").contains {
          FileIdentity("/proc/\(process)/fd/\($0)") == file
        }
    }
  }
}

extension SQLiteStore {
  /// The open attempts, by workflow and cluster.
  fileprivate func openAttempts() throws -> [DatabaseRestore.OpenAttempts] {
    try read { database in
      var found: [DatabaseRestore.OpenAttempts] = []
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT instance.workflow_id, cluster, token, place, coalesce(instance.handle, batch.handle) FROM instance
          JOIN batch ON batch.id = instance.batch_id WHERE is_open ORDER BY instance.workflow_id, cluster
          """)
      while let row = try rows.next() {
        if found.last?.workflow != row[0] || found.last?.cluster != row[1] {
          found.append(
            DatabaseRestore.OpenAttempts(
              workflow: row[0], cluster: row[1], count: 0, tokens: [], haveHandles: false))
        }
        let last = found.count - 1
        found[last].count += 1
        found[last].tokens.append("\(row[2] as String).\(row[3] as Int)")
        if (row[4] as String?) != nil { found[last].haveHandles = true }
      }
      return found
    }
  }

  /// Raises the counters of ids to those of the other store, so that no id is used twice.
  fileprivate func takeCounters(of other: SQLiteStore) throws {
    let (task, instance, seq, sequences) = try other.read { database in
      let row = try Row.fetchOne(
        database,
        sql: "SELECT next_task, next_instance, (SELECT seq FROM progress WHERE workflow_id = 0) FROM store")!
      return (
        row[0] as Int64, row[1] as Int64, row[2] as Int64,
        try Row.fetchAll(database, sql: "SELECT name, seq FROM sqlite_sequence").map {
          ($0[0] as String, $0[1] as Int64)
        }
      )
    }
    try write { database in
      try database.execute(
        sql: "UPDATE store SET next_task = max(next_task, ?), next_instance = max(next_instance, ?)",
        arguments: [task, instance])
      try database.execute(
        sql: "UPDATE progress SET seq = max(seq, ?) WHERE workflow_id = 0", arguments: [seq])
      for (name, last) in sequences {
        try database.execute(
          sql: "UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", arguments: [last, name])
        try database.execute(
          sql: """
            INSERT INTO sqlite_sequence (name, seq) SELECT ?1, ?2
            WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ?1)
            """, arguments: [name, last])
      }
    }
  }
}
