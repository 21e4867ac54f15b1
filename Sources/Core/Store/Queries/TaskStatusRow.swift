import Foundation
import JobmonModel

/// One attempt of a task in the list of its attempts (`task_status`), or a task without an attempt.
public struct TaskStatusRow: Hashable, Codable, ListedRow {
  /// The task's id in the store.
  public var task: TaskID
  /// The task's displayed status now, whichever attempt this is.
  public var taskStatus: TaskWord
  /// The attempt's id in the store; nil if the task has no attempt.
  public var instance: TaskInstanceID?
  /// The cluster's id for the attempt; nil until the cluster has answered.
  public var handle: String?
  /// The attempt's status; nil if the task has no attempt.
  public var status: TaskInstanceStatus?
  /// `wall 1.20 s, cpu 0.80 s, memory 12.5 MiB`, with the measured values only; nil if nothing was measured.
  public var usage: String?
  /// The path of its standard output; nil if the file does not exist (``AttemptRow/logFiles``).
  public var stdout: String?
  /// The path of its standard error; nil if the file does not exist (``AttemptRow/logFiles``).
  public var stderr: String?
  /// Why it failed and what follows, as text for the user; nil if it has not failed.
  public var errorTrace: String?
  /// The state of the driver if the attempt has not ended and the driver is dead or silent; nil otherwise.
  public var driver: DriverState?
  /// ``Cause/word``; nil if it has not ended.
  public var cause: String?
  /// ``FailureClass/word``; nil if it has not failed.
  public var failureClass: String?
  /// The exit code of its command; nil if it ended otherwise or has not ended.
  public var exitCode: Int?
  /// The number of the signal that ended its command; nil if it ended otherwise or has not ended.
  public var signal: Int?
  /// Whether another attempt follows that counts as a retry; nil if the attempt has not failed.
  public var isRetry: Bool?
  /// The earliest start of the next attempt; nil if nothing delays it.
  public var notBefore: Timestamp?
  /// ``LastAttempt/word``: why no further attempt follows; nil if one follows.
  public var lastAttempt: String?
  /// Run time in seconds; nil if it was not measured.
  public var wall: Double?
  /// Processor time in seconds; nil if it was not measured.
  public var cpu: Double?
  /// Peak memory in bytes; nil if it was not measured.
  public var peakMemory: Int64?

  /// The JSON keys, in order; the first 9 are the columns of a table.
  public enum CodingKeys: String, CodingKey, CaseIterable {
    case task = "task_id"
    case taskStatus = "task_status"
    case instance = "task_instance_id"
    case handle = "distributor_id"
    case status
    case usage = "resource_usage"
    case stdout, stderr
    case errorTrace = "error_trace"
    case driver, cause
    case failureClass = "failure_class"
    case exitCode = "exit_code"
    case signal
    case isRetry = "is_retry"
    case notBefore = "not_before"
    case lastAttempt = "last_attempt"
    case wall = "wall_seconds"
    case cpu = "cpu_seconds"
    case peakMemory = "peak_memory_bytes"
  }

  /// The keys up to `error_trace` are columns of a table; the others are for programs.
  public static var columnCount: Int { 9 }

  /// The columns that are dropped in a narrow terminal, in this order.
  public static var givesWay: [CodingKeys] { [.handle, .usage, .stdout, .stderr, .instance] }

  /// A value for every key, in the order of ``CodingKeys``.
  public var values: [JSONValue] {
    [
      .integer(task), .string(taskStatus.rawValue), JSONValue(instance), JSONValue(handle),
      JSONValue(status?.rawValue), JSONValue(usage), JSONValue(stdout), JSONValue(stderr),
      JSONValue(errorTrace), JSONValue(driver?.words), JSONValue(cause), JSONValue(failureClass),
      JSONValue(exitCode), JSONValue(signal), JSONValue(isRetry), JSONValue(notBefore),
      JSONValue(lastAttempt), JSONValue(wall), JSONValue(cpu), JSONValue(peakMemory),
    ]
  }

  /// A row of a table: if the driver of an open attempt is dead or silent, the task's status includes this.
  public var shown: [JSONValue] {
    var shown = Array(values.prefix(Self.columnCount))
    shown[1] = .string(driver.annotating(taskStatus.rawValue))
    return shown
  }

  init(_ row: TaskAttemptRow, driver: DriverState) {
    task = row.task.id
    taskStatus = row.task.status
    guard let attempt = row.attempt else { return }
    instance = attempt.instance
    handle = attempt.handle
    status = attempt.status
    usage = attempt.usage.flatMap(Self.text)
    (stdout, stderr) = attempt.logFiles
    errorTrace = attempt.status.isFinal && attempt.status != .done ? attempt.reason : nil
    self.driver = attempt.status.isFinal ? nil : driver.ifNotable
    cause = attempt.cause?.word
    failureClass = attempt.cause?.failureClass?.word
    exitCode = attempt.exitCode
    signal = attempt.signal
    isRetry = attempt.followUp?.isRetry
    notBefore = attempt.followUp?.notBefore
    lastAttempt = attempt.followUp?.lastAttempt?.word
    wall = attempt.usage?.wall
    cpu = attempt.usage?.cpu
    peakMemory = attempt.usage?.peakMemory
  }

  private static func text(_ usage: ResourceUsage) -> String? {
    var parts: [String] = []
    if let wall = usage.wall { parts.append(String(format: "wall %.2f s", wall)) }
    if let cpu = usage.cpu { parts.append(String(format: "cpu %.2f s", cpu)) }
    if let peak = usage.peakMemory { parts.append("memory \(ByteCount.mebibytes(peak))") }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }
}
