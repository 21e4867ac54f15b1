import JobmonModel

/// Similar failures of one workflow (`errors`).
public struct ErrorGroup: Hashable, Codable, ListedRow {
  /// The number of failures.
  public var count: Int
  /// The text of one of them.
  public var sample: String
  /// When the first failure occurred: the end of the attempt, or for a task without an attempt, when it became FATAL.
  public var firstSeen: Timestamp
  /// When the last failure occurred: the end of the attempt, or for a task without an attempt, when it became FATAL.
  public var lastSeen: Timestamp
  /// The failed tasks, each once, in order; at most ``mostTasks``.
  public var taskIDs: [TaskID]
  /// The attempt numbers of the failures, each once, in order.
  public var attempts: [Int]
  /// The nodes, each once, the most frequent first.
  public var hosts: [String]
  /// The last failed instance, whose log can be read; nil if no task of the group had an attempt.
  public var lastInstance: TaskInstanceID?

  /// Maximum length of ``taskIDs``; ``count`` includes all failures.
  public static let mostTasks = 1_000
  /// Maximum size of a sample in a table, in bytes; JSON contains the whole sample.
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

  /// The columns that are dropped in a narrow terminal, in this order.
  public static var givesWay: [CodingKeys] { [.hosts, .attempts, .firstSeen, .taskIDs] }

  /// The column that gets the most room in a narrow terminal.
  public static var mainColumn: CodingKeys? { .sample }

  /// A value for every key, in the order of ``CodingKeys``.
  public var values: [JSONValue] {
    [
      JSONValue(count), .string(sample), JSONValue(firstSeen), JSONValue(lastSeen),
      .array(taskIDs.map { .integer($0) }), .array(attempts.map { JSONValue($0) }),
      .array(hosts.map { .string($0) }), JSONValue(lastInstance),
    ]
  }

  /// A row of a table: a sample of more than 500 bytes is cut and ends with `…`.
  public var shown: [JSONValue] {
    var shown = Array(values.prefix(Self.columnCount))
    if sample.utf8.count > Self.mostInTable {
      shown[1] = .string(String(decoding: sample.utf8.prefix(Self.mostInTable), as: UTF8.self) + "…")
    }
    return shown
  }
}
