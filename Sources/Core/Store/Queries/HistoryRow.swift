import JobmonModel

/// One step of a change in the history of a workflow or a task (`history`).
public struct HistoryRow: Hashable, Codable, ListedRow {
  /// The number of the step; increases with every step in the store.
  public var seq: Int64
  /// The time of the change, by the wall clock of the host that committed it.
  public var time: Timestamp
  /// What has changed: the status of a kind of row, or the number of tasks that may run at once.
  public var kind: StatusEvent.Kind
  /// The id of the row that has changed, by its kind; for a limit, the workflow's id.
  public var id: Int64
  /// The name of the task that has changed, or whose attempt has changed; nil for other kinds.
  public var taskName: String?
  /// The previous status as displayed; for a limit, the number or `none`.
  public var from: String?
  /// The new status as displayed; for a limit, the number or `none`.
  public var to: String
  /// Who made the change: `run 12`, or a user's name.
  public var by: String?
  /// ``Cause/word``; if there is none, the reason as text for the user.
  public var cause: String?

  /// The JSON keys, in order; in upper case, the columns of a table.
  public enum CodingKeys: String, CodingKey, CaseIterable {
    case seq, time, kind, id
    case taskName = "task_name"
    case from, to, by, cause
  }

  /// The columns that are dropped in a narrow terminal, in this order.
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
