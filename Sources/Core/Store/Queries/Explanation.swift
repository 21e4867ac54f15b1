import JobmonModel

/// Why a task is not running now, or what a workflow is doing (`explain`).
public struct Explanation: Hashable, Codable, ListedRow {
  /// nil: of the workflow as a whole.
  public var task: TaskID?
  /// As listings show it.
  public var state: String
  /// One sentence, that of the reason which has to go away first.
  public var because: String
  /// What else is known.
  public var details: String
  /// What a person can do; not part of the JSON.
  public var advice: Advice?

  /// The JSON keys, in order; in upper case, the columns of a table.
  public enum CodingKeys: String, CodingKey, CaseIterable {
    case task = "task_id"
    case state, because, details
  }

  /// What a narrow terminal gives the most room.
  public static var mainColumn: CodingKeys? { .because }

  /// A value for every key, in the order of ``CodingKeys``.
  public var values: [JSONValue] { [JSONValue(task), .string(state), .string(because), .string(details)] }
}
