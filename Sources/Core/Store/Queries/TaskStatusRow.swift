import Foundation
import JobmonModel

/// One attempt of a task in the list of its attempts (`task_status`); a task that never had one stands alone.
public struct TaskStatusRow: Hashable, Codable, ListedRow {
  /// The task's key in the store.
  public var task: TaskID
  /// The task's state as people see it, whichever attempt this is.
  public var taskStatus: TaskWord
  /// The attempt's key in the store; nil where the task never had one.
  public var instance: TaskInstanceID?
  /// The cluster's own name for it; nil until the cluster has answered.
  public var handle: String?
  /// The attempt's state; nil where there is no attempt.
  public var status: TaskInstanceStatus?
  /// `wall 1.20 s, cpu 0.80 s, memory 12.5 MiB`, as far as it was measured.
  public var usage: String?
  /// Paths of its log files; nil for one that was never made (``AttemptRow/logFiles``).
  public var stdout: String?
  /// Path of what it wrote to standard error; nil where there is no such file (``AttemptRow/logFiles``).
  public var stderr: String?
  /// Why it failed and what follows, for a person; nil where it has not failed.
  public var errorTrace: String?
  /// Of an attempt that has not ended: that its driver is dead or silent; nil where there is nothing to tell.
  public var driver: DriverState?
  /// ``Cause/word``; nil while it has not ended.
  public var cause: String?
  /// ``FailureClass/word``; nil where it has not failed.
  public var failureClass: String?
  /// The code that its command exited with; nil where it ended otherwise or has not ended.
  public var exitCode: Int?
  /// The number of the signal that ended its command; nil where it ended otherwise or has not ended.
  public var signal: Int?
  /// Of a failed attempt: whether another one follows that counts as a retry.
  public var isRetry: Bool?
  /// When the next attempt may start at the earliest; nil where nothing delays it.
  public var notBefore: Timestamp?
  /// ``LastAttempt/word``: why no further attempt follows; nil where one does.
  public var lastAttempt: String?
  /// Seconds.
  public var wall: Double?
  /// Seconds of processor time.
  public var cpu: Double?
  /// Bytes.
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

  /// The keys up to `error_trace` are columns of a table; those after it are for programs.
  public static var columnCount: Int { 9 }

  /// Dropped first in a narrow terminal.
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

  /// A table's row: where the driver of an open attempt is dead or silent, the task's status says so.
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
