import Foundation
import GRDB
import JobmonModel

extension SQLiteStore {
  /// Checks the store for faults; returns an empty array if there are none.
  public func check() throws -> [CheckFinding] {
    try read { database in
      var findings: [CheckFinding] = []
      if let why = foreignLog {
        let error = StoreError.foreignLog(path: path, why)
        findings.append(CheckFinding(check: "log", message: error.message, advice: error.advice))
      }
      for fault in try BackupChecksums.faults(in: database) {
        findings.append(
          CheckFinding(check: "checksum", message: "this copy is damaged: \(fault); use another copy"))
      }
      for line in try String.fetchAll(database, sql: "PRAGMA integrity_check") where line != "ok" {
        findings.append(CheckFinding(check: "integrity", message: "SQLite: \(line); restore a backup"))
      }
      let strays = try Row.fetchAll(database, sql: "PRAGMA foreign_key_check")
      if let first = strays.first {
        findings.append(
          CheckFinding(
            check: "foreign-keys",
            message:
              "\(CountText.of(strays.count, "row refers", plural: "rows refer")) to a missing row, the first in table \(first[0] as String): the file is damaged or was written by another program; restore a backup"
          ))
      }
      for rule in Self.rules {
        let rows = try String.fetchAll(database, sql: rule.sql + " LIMIT 5")
        if !rows.isEmpty {
          findings.append(
            CheckFinding(
              check: rule.name,
              message: "\(rule.meaning): \(rows.joined(separator: ", "))" + rule.consequence,
              advice: rule.advice))
        }
      }
      findings += try Self.doneBeforeUpstream(database)
      return findings
    }
  }

  private struct Rule {
    var name: String
    var meaning: String
    /// The consequence, with the user's action if it is the same everywhere. Starts with its separator.
    var consequence = ""
    /// What else the user can do.
    var advice: Advice?
    /// Selects the violations of the rule, as text.
    var sql: String
  }

  private static let rules = [
    Rule(
      name: "task-count", meaning: "bound workflows with missing tasks",
      consequence: "; listings and runs of them would miss tasks", advice: .restoreOrRemove,
      sql: """
        SELECT 'workflow ' || workflow.id FROM workflow WHERE is_bound AND task_count !=
          (SELECT COUNT(*) FROM task JOIN task_definition ON task_definition.id = task.id
            WHERE task.id >= first_task AND task.id < first_task + task_count)
        """),
    Rule(
      name: "progress", meaning: "workflows with wrong counts",
      consequence:
        "; listings show wrong counts, and nothing else depends on them: restore a backup if that matters",
      sql: """
        SELECT 'workflow ' || workflow.id FROM workflow JOIN progress ON workflow_id = workflow.id
        JOIN (SELECT workflow.id AS id, TOTAL(task.status = 'D') AS done, TOTAL(task.status = 'F') AS fatal,
            TOTAL(task.retries) AS retries
          FROM workflow JOIN task ON task.id >= first_task AND task.id < first_task + task_count
          GROUP BY workflow.id) AS counted ON counted.id = workflow.id
        WHERE is_bound AND (progress.done != counted.done OR progress.fatal != counted.fatal
          OR progress.retries != counted.retries)
        """),
    Rule(
      name: "done-workflow", meaning: "DONE workflows with tasks that are not done",
      consequence: "; these tasks do not run by themselves", advice: .setBackAndResume,
      sql: """
        SELECT 'workflow ' || id FROM workflow JOIN progress ON workflow_id = id
        WHERE status = 'DONE' AND done != task_count
        """),
    Rule(
      name: "one-open-instance", meaning: "tasks with several attempts at the same time",
      advice: .resumeResetting,
      sql: "SELECT 'task ' || task_id FROM instance WHERE is_open GROUP BY task_id HAVING COUNT(*) > 1"),
    Rule(
      name: "done-and-open", meaning: "DONE tasks with an open attempt in a live run",
      consequence: "; stop the run; a resume cancels running attempts",
      sql: """
        SELECT 'task ' || task.id FROM instance JOIN task ON task.id = task_id JOIN workflow ON workflow.id = workflow_id
        WHERE is_open AND task.status = 'D' AND holder = instance.run_id
        """),
    Rule(
      name: "holder", meaning: "workflows held by a run that has ended",
      advice: .takenOverByResume,
      sql: """
        SELECT 'workflow ' || workflow.id FROM workflow JOIN run ON run.id = holder WHERE run.ended IS NOT NULL
        """),
  ]

  /// Finds DONE tasks with an upstream that is not DONE. Skips workflows in which a user has changed the status of
  /// tasks.
  private static func doneBeforeUpstream(_ database: Database) throws -> [CheckFinding] {
    var findings: [CheckFinding] = []
    let workflows = try Int64.fetchAll(database, sql: "SELECT id FROM workflow WHERE is_bound ORDER BY id")
    for workflow in workflows {
      let byHand = try Bool.fetchOne(
        database,
        sql:
          "SELECT EXISTS (SELECT 1 FROM feed WHERE workflow_id = ? AND kinds & \(ChangeTag.tasks.bit) AND user IS NOT NULL)",
        arguments: [workflow])
      if byHand == true { continue }
      let scope = try WorkflowScope(workflow, database)
      let dag = try DependencyClosure(scope, database)
      let letters = try String.fetchAll(
        database, sql: "SELECT status FROM task WHERE id >= ? AND id < ? ORDER BY id",
        arguments: [scope.tasks.lowerBound, scope.tasks.upperBound])
      // If rows are missing, the rule `task-count` reports them.
      guard letters.count == scope.taskCount, dag.upstreams.count == scope.taskCount else { continue }
      let isReady = (0..<UpstreamSets.ID(dag.sets.count)).map { set in
        dag.sets[set].allSatisfy { letters[Int($0)] == "D" }
      }
      let early = letters.indices.filter { letters[$0] == "D" && !isReady[Int(dag.upstreams[$0])] }
      if let first = early.first {
        findings.append(
          CheckFinding(
            check: "done-before-upstream",
            message:
              "workflow \(workflow): \(CountText.of(early.count, "task is", plural: "tasks are")) DONE before an upstream task, the first is task \(scope.firstTask + Int64(first))",
            advice: .judgeResult(of: scope.firstTask + Int64(first))))
      }
    }
    return findings
  }
}
