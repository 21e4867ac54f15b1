import JobmonModel

/// One step of a change in the history of a workflow or a task (`history`).
public struct HistoryRow: Hashable, Codable, ListedRow {
  /// Rises with every step in the store.
  public var seq: Int64
  /// When it happened, by the wall clock of the host that committed it.
  public var time: Timestamp
  /// What changed: a status (and whose), or how many tasks may run at once.
  public var kind: StatusEvent.Kind
  /// The id of the row that changed, by its kind; of a limit, the workflow's.
  public var id: Int64
  /// The name of the task that changed, or whose attempt did; nil for other kinds.
  public var taskName: String?
  /// The words that people see; of a limit, the numbers.
  public var from: String?
  /// The new state as people see it; of a limit, the new number.
  public var to: String
  /// Who did it: `run 12`, or a user's name.
  public var by: String?
  /// ``Cause/word``; where there is none, why it was done, for a person.
  public var cause: String?

  /// The JSON keys, in order; in upper case, the columns of a table.
  public enum CodingKeys: String, CodingKey, CaseIterable {
    case seq, time, kind, id
    case taskName = "task_name"
    case from, to, by, cause
  }

  /// Dropped first in a narrow terminal.
  public static var givesWay: [CodingKeys] { [.by, .seq, .id] }

  /// A value for every key, in the order of ``CodingKeys``.
  public var values: [JSONValue] {
    [
      .integer(seq), JSONValue(time), .string(kind.rawValue), .integer(id), JSONValue(taskName),
      JSONValue(from), .string(to), JSONValue(by), JSONValue(cause),
    ]
  }

  init(_ event: StatusEvent) {
    seq = event.seq
    time = event.time
    kind = event.kind
    id = event.id
    taskName = event.taskName
    from = event.from
    to = event.to
    by = event.by
    cause = event.cause ?? event.message
  }
}
