import JobmonModel

/// Why a task is not running now, or the state of a workflow (`explain`).
public struct Explanation: Hashable, Codable, ListedRow {
  /// The task; nil for the workflow as a whole.
  public var task: TaskID?
  /// The status as listings show it.
  public var state: String
  /// The reason that must be resolved first, as one sentence.
  public var because: String
  /// Further facts.
  public var details: String
  /// What the user can do; not part of the JSON.
  public var advice: Advice?

  /// The JSON keys, in order; in upper case, the columns of a table.
  public enum CodingKeys: String, CodingKey, CaseIterable {
    case task = "task_id"
    case state, because, details
  }

  /// The column that gets the most room in a narrow terminal.
  public static var mainColumn: CodingKeys? { .because }

  /// A value for every key, in the order of ``CodingKeys``.
  public var values: [JSONValue] { [JSONValue(task), .string(state), .string(because), .string(details)] }
}
