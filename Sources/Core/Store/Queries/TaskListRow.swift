import JobmonModel

/// One task in a list (`workflow tasks`): what it is, and how its last attempt went.
public struct TaskListRow: Hashable, ListedRow {
  /// The task's key in the store.
  public var id: TaskID
  /// The task's name.
  public var name: String
  /// The name of its template.
  public var template: String
  /// Its state as people see it; while a driver is dead or silent, as that driver has left it.
  public var status: TaskWord
  /// Attempts in all runs.
  public var attempts: Int
  /// Retries in all runs.
  public var retries: Int
  /// Seconds that its last attempt took, or has taken so far; nil where none has started.
  public var seconds: Double?
  /// Bytes of memory that its last attempt used at most; nil where that was not measured.
  public var peakMemory: Int64?
  /// Seconds of processor time of its last attempt; nil where that was not measured.
  public var cpu: Double?
  /// The node of its last attempt, in the cluster's words; nil until that is known.
  public var node: String?
  /// How its last attempt ended; nil while it has not.
  public var cause: Cause?
  /// When its last attempt started; nil where it has not.
  public var started: Timestamp?
  /// When its last attempt ended; nil where it has not.
  public var ended: Timestamp?
  /// Its command; nil where it was not asked for.
  public var command: String?
  /// Of a task that is in the cluster: that its driver is dead or silent; nil where there is nothing to tell.
  public var driver: DriverState?

  /// The JSON keys, in order; the first 9 are the columns of a table.
  public enum CodingKeys: String, CodingKey, CaseIterable {
    case id = "task_id"
    case name = "task_name"
    case template, status, attempts, duration, memory, node, exit, retries
    case seconds = "duration_seconds"
    case peakMemory = "peak_memory_bytes"
    case cpu = "cpu_seconds"
    case cause
    case exitCode = "exit_code"
    case signal, started, ended, command, driver
  }

  /// The keys up to `exit` are columns; those after it are for programs.
  public static var columnCount: Int { 9 }

  /// Dropped first in a narrow terminal.
  public static var givesWay: [CodingKeys] { [.template, .node, .attempts, .memory] }

  /// A value for every key, in the order of ``CodingKeys``.
  public var values: [JSONValue] {
    [
      .integer(id), .string(name), .string(template), .string(status.rawValue), JSONValue(attempts),
      JSONValue(seconds.map(SpanText.text)), JSONValue(peakMemory.map(ByteCount.text)), JSONValue(node),
      JSONValue(cause?.shortText), JSONValue(retries), JSONValue(seconds), JSONValue(peakMemory),
      JSONValue(cpu),
      JSONValue(cause?.word), JSONValue(cause?.exitCode), JSONValue(cause?.signal), JSONValue(started),
      JSONValue(ended), JSONValue(command), JSONValue(driver?.words),
    ]
  }

  /// A table's row: where the driver is dead or silent, the status says so.
  public var shown: [JSONValue] {
    // Not all values are made for a table of many rows.
    [
      .integer(id), .string(name), .string(template), .string(driver.annotating(status.rawValue)),
      JSONValue(attempts), JSONValue(seconds.map(SpanText.text)), JSONValue(peakMemory.map(ByteCount.text)),
      JSONValue(node), JSONValue(cause?.shortText),
    ]
  }
}
