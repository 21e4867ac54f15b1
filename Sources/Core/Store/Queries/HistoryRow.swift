/// One change of a workflow, a run, a task or a task instance.
public struct HistoryRow: Hashable, Sendable {
  /// Rises with every change in the store.
  public var seq: Int64
  public var time: Timestamp
  public var kind: StatusEvent.Kind
  /// The id of the row that changed, by its kind.
  public var id: Int64
  public var task: TaskID?
  public var taskName: String?
  public var from: String?
  public var to: String
  /// Who did it: `run 12`, or a user's name.
  public var by: String?
  public var cause: String?
}
