import Foundation
import JobmonCore

/// A row of `squeue --Format`, whose columns have fixed widths in bytes.
enum SqueueRow {
  /// The columns and their widths. A longer value is cut.
  private static let columns: [(name: String, width: Int)] = [
    ("ArrayJobID", 12), ("JobID", 12), ("ArrayTaskID", 200), ("State", 30), ("RestartCnt", 8),
    ("exit_code", 10),
    ("StartTime", 24), ("EndTime", 24), ("NodeList", 200), ("Reason", 200), ("Name", 200),
  ]

  static var format: String { columns.map { "\($0.name):\($0.width)" }.joined(separator: ",") }

  /// - Throws: ``SlurmError`` if a row cannot be read, because nothing may be concluded from a part of the jobs.
  static func jobs(_ rows: Data) throws(SlurmError) -> [SlurmJob] {
    var jobs: [SlurmJob] = []
    for line in rows.split(separator: UInt8(ascii: "\n")) { jobs.append(try job(line)) }
    return jobs
  }

  /// The status as of wait(2): the number itself up to 23.x, `code:signal` in later releases.
  static func exitStatus(_ text: String) -> UInt32 {
    let parts = text.split(separator: ":").compactMap { UInt32($0) }
    return parts.count == 2 ? parts[0] << 8 | parts[1] : parts.first ?? 0
  }

  private static func job(_ line: Data) throws(SlurmError) -> SlurmJob {
    var fields: [String] = []
    var rest = line
    for column in columns {
      let field = rest.prefix(column.width)
      fields.append(String(decoding: field, as: UTF8.self).trimmingCharacters(in: .whitespaces))
      rest = rest.dropFirst(column.width)
    }
    let isArray = fields[0] != "0" && fields[0] != fields[1] || fields[2] != "N/A"
    let tasks: SlurmJob.Tasks
    if !isArray {
      tasks = .one(0)
    } else if let index = Int(fields[2]) {
      tasks = .one(index)
    } else if let indices = SlurmText.indices(fields[2]) {
      tasks = .pending(indices)
    } else {
      throw SlurmError(.temporary, "squeue: '\(fields[2])' is not a list of array indices")
    }
    guard let array = UInt32(fields[0]) ?? UInt32(fields[1]) else {
      throw SlurmError(.temporary, "squeue: '\(fields[0])' is not a job id")
    }
    return SlurmJob(
      array: array, tasks: tasks, state: SlurmState(words: fields[3]).raw, restarts: Int(fields[4]) ?? 0,
      exitStatus: exitStatus(fields[5]), started: Int64(fields[6]) ?? 0, ended: Int64(fields[7]) ?? 0,
      name: fields[10], node: fields[8], reason: fields[9])
  }
}
