import GRDB
import JobmonModel

/// Whether a driver runs the workflow. All listings, pages and commands use this state.
public enum DriverState: Hashable, Sendable {
  /// No run holds the workflow.
  case none
  case alive
  /// The driver has died. It gave its last sign of life at this time.
  case dead(since: Timestamp)
  /// The driver runs on another host, where its process cannot be checked, and has given no sign of life for longer
  /// than allowed.
  case silent(since: Timestamp)

  /// Seconds without a heartbeat after which a driver on another host counts as silent: the default of
  /// `heartbeat.dead_after`.
  static let patience: Int64 = 93

  /// `dead since 2026-01-31T08:15:00.250Z`; nil if there is nothing to report.
  public var words: String? {
    switch self {
    case .none, .alive: nil
    case .dead(let since): "dead since \(since.iso8601)"
    case .silent(let since): "silent since \(since.iso8601)"
    }
  }

  /// nil unless the driver is dead or silent.
  var ifNotable: DriverState? { words == nil ? nil : self }

  /// The state to show with a task: nil unless the task is in the cluster and the driver is dead or silent.
  package func ifNotable(for task: TaskWord) -> DriverState? {
    task == .running || task == .scheduled ? ifNotable : nil
  }

  /// Whether the driver is known to have died.
  public var isDead: Bool { if case .dead = self { true } else { false } }

  /// Whether a run may be working on the workflow.
  public var isLive: Bool {
    switch self {
    case .alive, .silent: true
    case .none, .dead: false
    }
  }
}

extension DriverState: Codable {
  /// Encodes ``words``.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let words { try container.encode(words) } else { try container.encodeNil() }
  }

  /// Decodes ``words``; null is ``none``.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard !container.decodeNil() else {
      self = .none
      return
    }
    let words = try container.decode(String.self)
    func time(after word: String) -> Timestamp? {
      words.hasPrefix(word) ? Timestamp(iso8601: String(words.dropFirst(word.count))) : nil
    }
    if let since = time(after: "dead since ") {
      self = .dead(since: since)
    } else if let since = time(after: "silent since ") {
      self = .silent(since: since)
    } else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "'\(words)' is not a state of a driver")
    }
  }
}

extension DriverState? {
  /// A status as text for the user: `RUNNING (driver: dead since …)` if the driver is dead or silent, else the status
  /// alone.
  package func annotating(_ word: String) -> String {
    guard let words = self?.words else { return word }
    return "\(word) (driver: \(words))"
  }
}

extension SQLiteStore {
  /// The state of the workflow's driver now.
  ///
  /// - Throws: ``StoreError/notFound(_:)``
  public func driver(of workflow: WorkflowID) throws -> DriverState {
    try read { database in
      try WorkflowScope.require(workflow, database)
      return try Self.driver(of: workflow, database)
    }
  }

  /// The live run that holds the workflow now; nil if there is none, or if its driver is dead or silent.
  ///
  /// - Throws: ``StoreError/notFound(_:)``
  public func liveRun(of workflow: WorkflowID) throws -> LeaseHolder? {
    try read { database in
      try WorkflowScope.require(workflow, database)
      return try Self.liveRun(of: workflow, database)
    }
  }

  static func liveRun(of workflow: WorkflowID, _ database: Database) throws -> LeaseHolder? {
    guard case .alive = try driver(of: workflow, database),
      let run = try Int64.fetchOne(
        database, sql: "SELECT holder FROM workflow WHERE id = ? AND holder IS NOT NULL",
        arguments: [workflow])
    else { return nil }
    return try holder(run, database)
  }

  static func driver(of workflow: WorkflowID, _ database: Database) throws -> DriverState {
    let held = try Int64.fetchOne(
      database, sql: "SELECT holder FROM workflow WHERE id = ? AND holder IS NOT NULL", arguments: [workflow])
    guard let held else { return .none }
    let holder = try holder(held, database)
    if holder.isKnownDead { return .dead(since: try lastSign(of: held, workflow, database)) }
    if holder.isHere { return .alive }
    let last = try lastSign(of: held, workflow, database)
    return Timestamp.now.rawValue - last.rawValue > DriverState.patience * 1000
      ? .silent(since: last) : .alive
  }

  /// A workflow that a live driver holds; nil if there is none. Also works with databases of earlier versions.
  ///
  /// - Parameter version: the version of the tables.
  static func liveWorkflow(_ database: Database, version: Int) throws -> WorkflowID? {
    guard try database.tableExists("workflow") else { return nil }
    let held = try Row.fetchAll(
      database, sql: "SELECT id, holder FROM workflow WHERE holder IS NOT NULL ORDER BY id")
    return try held.first { row in
      let holder = try holder(row[1], database)
      if holder.isKnownDead { return false }
      // Of a driver on another host only the heartbeats are known, and only since version 4. Without a sign of life it
      // must not block an upgrade forever.
      return try holder.isHere || version >= 4 && driver(of: row[0], database) == .alive
    }?[0]
  }

  /// The last sign of life of a run: a heartbeat, a change, or an attempt that was created or has started.
  private static func lastSign(of run: WorkflowRunID, _ workflow: WorkflowID, _ database: Database) throws
    -> Timestamp
  {
    // Versions before 6 have no feed.
    let feed = try database.tableExists("feed") ? "feed" : "change"
    let last = try Int64.fetchOne(
      database,
      sql: """
        SELECT max(started, coalesce(beat_at, 0),
          coalesce((SELECT time FROM \(feed) WHERE workflow_id = ?2 AND run_id = ?1 ORDER BY seq DESC LIMIT 1), 0),
          coalesce((SELECT max(max(created, coalesce(i.started, 0))) FROM instance i WHERE workflow_id = ?2 AND is_open), 0))
        FROM run WHERE id = ?1
        """, arguments: [run, workflow])
    return Timestamp(rawValue: last ?? 0)
  }
}
