/// The order of a list of tasks.
public struct TaskSort: Hashable, Sendable {
  /// The columns of ``TaskListRow`` by which a list can be sorted.
  public enum Column: String, CaseIterable, Sendable {
    /// By the task's id.
    case id = "task_id"
    /// By the task's name, by bytes.
    case name = "task_name"
    /// By the name of the template, by bytes.
    case template
    /// By the stored status: that of the open instance, or else that of the task.
    case status
    /// By the number of attempts in all runs.
    case attempts
    /// By the duration of the last attempt.
    case duration
    /// By the peak memory of the last attempt.
    case memory
    /// By the node of the last attempt, by bytes.
    case node
    /// By how the last attempt ended.
    case exit
  }

  /// The column by which the list is sorted.
  public var column: Column
  /// Whether the largest values come first. Tasks without a value come last in both orders.
  public var isDescending: Bool

  /// Sorts by a column, the smallest values first by default.
  public init(_ column: Column, isDescending: Bool = false) {
    self.column = column
    self.isDescending = isDescending
  }
}
