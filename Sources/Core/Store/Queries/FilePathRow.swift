import JobmonModel

/// The log files of one attempt (`get_filepaths`).
public struct FilePathRow: Hashable, Codable, ListedRow {
  /// The task that the attempt belongs to.
  public var task: TaskID
  /// The task's name.
  public var name: String
  /// The template's name.
  public var array: String
  /// The attempt's key in the store.
  public var instance: TaskInstanceID
  /// nil where there is none: ``AttemptRow/logFiles``.
  public var stdout: String?
  /// Path of what it wrote to standard error; nil where there is no such file: ``AttemptRow/logFiles``.
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

  /// Dropped first in a narrow terminal.
  public static var givesWay: [CodingKeys] { [.instance, .array] }

  /// A value for every key, in the order of ``CodingKeys``.
  public var values: [JSONValue] {
    [
      .integer(task), .string(name), .string(array), .integer(instance), JSONValue(stdout), JSONValue(stderr),
    ]
  }
}
