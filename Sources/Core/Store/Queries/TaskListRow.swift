import JobmonModel

/// One task in a list (`workflow tasks`), with the result of its last attempt.
public struct TaskListRow: Hashable, ListedRow {
  /// The task's id in the store.
  public var id: TaskID
  /// The task's name.
  public var name: String
  /// The name of its template.
  public var template: String
  /// Its displayed status; if its driver is dead or silent, the last known status.
  public var status: TaskWord
  /// The number of attempts in all runs.
  public var attempts: Int
  /// The number of retries in all runs.
  public var retries: Int
  /// Duration of its last attempt in seconds, up to now if it has not ended; nil if it has not started.
  public var seconds: Double?
  /// Peak memory of its last attempt in bytes; nil if it was not measured.
  public var peakMemory: Int64?
  /// Processor time of its last attempt in seconds; nil if it was not measured.
  public var cpu: Double?
  /// The node of its last attempt, in the cluster's words; nil until it is known.
  public var node: String?
  /// How its last attempt ended; nil if it has not ended.
  public var cause: Cause?
  /// When its last attempt started; nil if it has not started.
  public var started: Timestamp?
  /// When its last attempt ended; nil if it has not ended.
  public var ended: Timestamp?
  /// Its command; nil if commands were not requested.
  public var command: String?
  /// The state of the driver if the task is in the cluster and the driver is dead or silent; nil otherwise.
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

  /// The keys up to `exit` are columns; the others are for programs.
  public static var columnCount: Int { 9 }

  /// The columns that are dropped in a narrow terminal, in this order.
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

  /// A row of a table: if the driver is dead or silent, the status includes this.
  public var shown: [JSONValue] {
    // A table may have many rows, so only the values of its columns are computed.
    [
      .integer(id), .string(name), .string(template), .string(driver.annotating(status.rawValue)),
      JSONValue(attempts), JSONValue(seconds.map(SpanText.text)), JSONValue(peakMemory.map(ByteCount.text)),
      JSONValue(node), JSONValue(cause?.shortText),
    ]
  }
}
