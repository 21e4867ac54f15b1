import JobmonModel

/// Failures of one workflow that say the same (`errors`).
public struct ErrorGroup: Hashable, Codable, ListedRow {
  /// How many task instances failed so.
  public var count: Int
  /// What they say.
  public var sample: String
  /// When the first of them ended; for one without an attempt, when its task became FATAL.
  public var firstSeen: Timestamp
  /// When the last of them ended; for one without an attempt, when its task became FATAL.
  public var lastSeen: Timestamp
  /// The tasks, each once, in order; at most ``mostTasks``.
  public var taskIDs: [TaskID]
  /// The attempts' numbers that are met, in order.
  public var attempts: [Int]
  /// The nodes, each once, the one that is met most often first.
  public var hosts: [String]
  /// The instance that failed last, to look at its log; nil where no task of the group was ever started.
  public var lastInstance: TaskInstanceID?

  /// Ids beyond this many are counted, not listed.
  public static let mostTasks = 1_000
  /// Bytes of a sample in a table, at most; JSON has all of it.
  private static let mostInTable = 500

  /// The JSON keys, in order; the first 7 are the columns of a table.
  public enum CodingKeys: String, CodingKey, CaseIterable {
    case count, sample
    case firstSeen = "first_seen"
    case lastSeen = "last_seen"
    case taskIDs = "task_ids"
    case attempts, hosts
    case lastInstance = "last_task_instance_id"
  }

  /// All keys but `last_task_instance_id` are columns of a table.
  public static var columnCount: Int { 7 }

  /// Dropped first in a narrow terminal.
  public static var givesWay: [CodingKeys] { [.hosts, .attempts, .firstSeen, .taskIDs] }

  /// What a narrow terminal gives the most room.
  public static var mainColumn: CodingKeys? { .sample }

  /// A value for every key, in the order of ``CodingKeys``.
  public var values: [JSONValue] {
    [
      JSONValue(count), .string(sample), JSONValue(firstSeen), JSONValue(lastSeen),
      .array(taskIDs.map { .integer($0) }), .array(attempts.map { JSONValue($0) }),
      .array(hosts.map { .string($0) }), JSONValue(lastInstance),
    ]
  }

  /// A table's row: a sample of more than 500 bytes is cut and ends in `…`.
  public var shown: [JSONValue] {
    var shown = Array(values.prefix(Self.columnCount))
    if sample.utf8.count > Self.mostInTable {
      shown[1] = .string(String(decoding: sample.utf8.prefix(Self.mostInTable), as: UTF8.self) + "…")
    }
    return shown
  }
}
