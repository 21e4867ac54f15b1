import Foundation
import GRDB
import JobmonModel

extension SQLiteStore {
  /// Opens a run in one transaction. The run of a dead holder becomes TERMINATED in the same transaction.
  public func openRun(_ workflow: WorkflowID, by driver: DriverRecord, over dead: WorkflowRunID?) throws
    -> LeaseGrant
  {
    try write { database in
      let row = try Row.fetchOne(
        database,
        sql: "SELECT holder FROM workflow WHERE id = ? AND replaced_by IS NOT \(Self.isBeingRemoved)",
        arguments: [workflow])
      guard let row else { throw StoreError.notFound("workflow \(workflow)") }
      if let holder: WorkflowRunID = row[0] {
        guard holder == dead else { return .held(try Self.holder(holder, database)) }
        try database.execute(
          sql: "UPDATE run SET status = ?, ended = ? WHERE id = ? AND ended IS NULL",
          arguments: [WorkflowRunStatus.terminated.rawValue, Timestamp.now.rawValue, holder])
        try Feed.append(
          .run(holder, from: nil, to: .terminated, why: .driverFoundDead), workflow: workflow, run: holder,
          user: driver.user, database)
      }
      try database.execute(
        sql: """
          INSERT INTO run (uuid, workflow_id, status, driver, user, cluster, cluster_was_given, logs, started, beats,
            beat_at, working_directory)
          VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0, ?9, (SELECT working_directory FROM workflow WHERE id = ?2))
          """,
        arguments: [
          driver.runUUID, workflow, WorkflowRunStatus.running.rawValue, try StoredJSON.text(driver),
          driver.user,
          driver.cluster, driver.clusterWasGiven ?? false, driver.logs, Timestamp.now.rawValue,
        ])
      let run = database.lastInsertedRowID
      let old: WorkflowStatus = try stored(
        String.fetchOne(database, sql: "SELECT status FROM workflow WHERE id = ?", arguments: [workflow])!)
      try database.execute(
        sql: "UPDATE workflow SET holder = ?, status = ? WHERE id = ?",
        arguments: [run, WorkflowStatus.running.rawValue, workflow])
      let seq = try Feed.append(
        .run(run, from: driver.resume, to: .running, why: nil), workflow: workflow, run: run,
        user: driver.user,
        database)
      try Feed.append(.workflow(from: old, to: .running, why: nil), workflow: workflow, run: run, database)
      KillPoint.reached("store.open-run.before-commit")
      return .granted(run, seq: seq)
    }
  }

  /// Increments the run's heartbeat counter and stores the wall-clock time, which is for display.
  public func beat(_ run: WorkflowRunID) throws -> Bool {
    try write { database in
      try database.execute(
        sql: """
          UPDATE run SET beats = beats + 1, beat_at = ?
          WHERE id = ? AND EXISTS (SELECT 1 FROM workflow WHERE id = run.workflow_id AND holder = run.id)
          """, arguments: [Timestamp.now.rawValue, run])
      KillPoint.reached("store.beat.before-commit")
      return database.changesCount == 1
    }
  }

  /// The holder of the workflow, dead or alive; nil if there is none.
  public func holder(of workflow: WorkflowID) throws -> LeaseHolder? {
    try read { database in
      guard
        let run = try Int64.fetchOne(
          database, sql: "SELECT holder FROM workflow WHERE id = ? AND holder IS NOT NULL",
          arguments: [workflow])
      else { return nil }
      return try Self.holder(run, database)
    }
  }

  static func holder(_ run: WorkflowRunID, _ database: Database) throws -> LeaseHolder {
    let row = try Row.fetchOne(
      database, sql: "SELECT driver, beats, started, asked_by FROM run WHERE id = ?", arguments: [run])!
    return LeaseHolder(
      run: run, driver: try StoredJSON.value(DriverRecord.self, row["driver"]), beats: row["beats"],
      since: Timestamp(rawValue: row["started"]), askedBy: row["asked_by"])
  }

  /// Asks the run to hand over. Returns false if another resume has already asked it, or if it has ended.
  public func requestTakeOver(of run: WorkflowRunID, by driver: DriverRecord, cold: Bool) throws -> Bool {
    try write { database in
      try database.execute(
        sql:
          "UPDATE run SET asked_by = ?, asked_cold = ? WHERE id = ? AND asked_by IS NULL AND ended IS NULL",
        arguments: [driver.runUUID, cold, run])
      return database.changesCount == 1
    }
  }

  /// The limits and requests for this run. A takeover has precedence over a stop.
  ///
  /// - Throws: ``StoreError/notFound(_:)`` if the run does not exist.
  public func controls(_ run: WorkflowRunID) throws -> RunControls {
    try read { database in
      guard
        let row = try Row.fetchOne(
          database,
          sql: """
            SELECT workflow.id, max_concurrently_running, holder, asked_by, asked_cold, stop_by, stop_cancel, first_task
            FROM run JOIN workflow ON workflow.id = run.workflow_id WHERE run.id = ?
            """, arguments: [run])
      else { throw StoreError.notFound("run \(run)") }
      let workflow: WorkflowID = row[0]
      var controls = RunControls(workflowLimit: row[1], holdsLease: (row[2] as Int64?) == run)
      if let by: String = row["asked_by"] {
        controls.stop = .takeOver(by: by, cold: row["asked_cold"])
      } else if let by: String = row["stop_by"] {
        controls.stop = .stop(cancel: row["stop_cancel"], by: by)
      }
      let limits = try Row.fetchCursor(
        database,
        sql: """
          SELECT place, max_concurrently_running FROM array
          WHERE workflow_id = ? AND max_concurrently_running IS NOT NULL
          """, arguments: [workflow])
      while let limit = try limits.next() { controls.templateLimits[limit[0]] = limit[1] }
      controls.reruns = try Self.openRequests(of: run, firstTask: row["first_task"], database)
      return controls
    }
  }

  /// Ends the run, syncs, and moves the write-ahead log into the database.
  ///
  /// - Throws: ``StoreError/leaseLost(_:)`` if the run no longer holds its workflow; ``StoreError/gone(path:)`` if the
  ///   file was removed or replaced.
  @discardableResult
  public func closeRun(
    _ run: WorkflowRunID, status: WorkflowRunStatus, workflow: WorkflowStatus, ending: RunEnding?,
    runtimes: [TemplateRuntime]
  ) throws -> Int64 {
    let seq = try write { database in
      let row = try Row.fetchOne(
        database,
        sql: """
          SELECT workflow.id, workflow.status, run.status FROM run JOIN workflow ON workflow.id = run.workflow_id
          WHERE run.id = ? AND holder = run.id
          """, arguments: [run])
      guard let row else { throw StoreError.leaseLost(nil) }
      let id: WorkflowID = row[0]
      try database.execute(
        sql: "UPDATE run SET status = ?, ended = ?, ending = ? WHERE id = ?",
        arguments: [
          status.rawValue, Timestamp.now.rawValue, try ending.map { try StoredJSON.text($0) }, run,
        ])
      try database.execute(
        sql: "UPDATE workflow SET status = ?, holder = NULL WHERE id = ?", arguments: [workflow.rawValue, id])
      let seq = try Feed.append(
        .run(run, from: try stored(row[2]), to: status, why: ending.map { .ended($0) }), workflow: id,
        run: run,
        database)
      try Feed.append(
        .workflow(from: try stored(row[1]), to: workflow, why: nil), workflow: id, run: run, database)
      for runtime in runtimes {
        try database.execute(
          sql: """
            UPDATE template_version SET runtime_count = ?, runtime_mean = ?
            WHERE id = (SELECT template_version_id FROM array WHERE workflow_id = ? AND place = ?)
            """, arguments: [runtime.count, runtime.mean, id, runtime.template])
      }
      KillPoint.reached("store.close-run.before-commit")
      return seq
    }
    cache.forget()
    try sync()
    // Changes written to a removed or replaced file are lost.
    try requireInPlace()
    try checkpoint()
    return seq
  }

  /// A block of ids that no other call gets. Unused ids are never reserved again.
  public func reserveInstanceIDs(_ count: Int) throws -> Range<TaskInstanceID> {
    try write { database in
      let end = try Int64.fetchOne(
        database, sql: "UPDATE store SET next_instance = next_instance + ? RETURNING next_instance",
        arguments: [count])!
      return end - Int64(count)..<end
    }
  }
}
