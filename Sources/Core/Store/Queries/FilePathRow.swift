import JobmonModel

/// The log files of one attempt (`get_filepaths`).
public struct FilePathRow: Hashable, Codable, ListedRow {
  /// The task of the attempt.
  public var task: TaskID
  /// The task's name.
  public var name: String
  /// The template's name.
  public var array: String
  /// The attempt's id in the store.
  public var instance: TaskInstanceID
  /// The path of its standard output; nil if the file does not exist (``AttemptRow/logFiles``).
  public var stdout: String?
  /// The path of its standard error; nil if the file does not exist (``AttemptRow/logFiles``).
  public var stderr: String?

  /// The JSON keys, in order; in upper case, the columns of a table.
  public enum CodingKeys: String, CodingKey, CaseIterable {
    case task = "task_id"
    case name = "task_name"
    case array = "array_name"
    case instance = "task_instance_id"
    case stdout = "output_path"
    case stderr = "error_path"
  }

  /// The columns that are dropped in a narrow terminal, in this order.
  public static var givesWay: [CodingKeys] { [.instance, .array] }

  /// A value for every key, in the order of ``CodingKeys``.
  public var values: [JSONValue] {
    [
      .integer(task), .string(name), .string(array), .integer(instance), JSONValue(stdout), JSONValue(stderr),
    ]
  }
}
