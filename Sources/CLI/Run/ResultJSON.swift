import Foundation
import JobmonCore

/// A run's result, or its refusal, as the one JSON object of `-o json`.
enum ResultJSON {
  static func text(of result: RunResult, resumeCommand: String) -> String {
    JSONText.line(
      Result(
        workflow_id: result.workflowID, workflow_run_id: result.workflowRunID, name: result.name,
        workflow_args: result.workflowArgs, status: result.status.rawValue, tasks_total: result.tasksTotal,
        tasks_done: result.tasksDone, tasks_previously_done: result.tasksPreviouslyDone,
        tasks_fatal: result.tasksFatal, tasks_pending: result.tasksPending, retries: result.retries,
        elapsed_seconds: result.elapsedSeconds,
        failed_tasks: result.failedTasks.map {
          FailedTaskRow(
            task_id: $0.taskID, name: $0.name, attempts: $0.attempts, reason: $0.reason, cause: $0.cause,
            exit_code: $0.exitCode, signal: $0.signal, stdout: $0.stdout, stderr: $0.stderr,
            stderr_tail: $0.stderrTail)
        },
        resume_command: result.status == .done ? nil : resumeCommand))
  }

  static func text(of refusal: RunRefusal) -> String {
    JSONText.line(
      Refusal(
        status: "REFUSED",
        error: Refusal.Fault(
          code: refusal.code.rawValue, message: refusal.message, file: refusal.file, line: refusal.line,
          column: refusal.column, workflow_id: refusal.workflowID)))
  }

  // The names are the contract's keys.

  // swift-format-ignore: AlwaysUseLowerCamelCase
  private struct Result: Encodable {
    var workflow_id: WorkflowID
    @Nullable var workflow_run_id: WorkflowRunID?
    var name: String
    var workflow_args: String
    var status: String
    var tasks_total: Int
    var tasks_done: Int
    var tasks_previously_done: Int
    var tasks_fatal: Int
    var tasks_pending: Int
    var retries: Int
    var elapsed_seconds: Double
    var failed_tasks: [FailedTaskRow]
    @Nullable var resume_command: String?
  }

  // swift-format-ignore: AlwaysUseLowerCamelCase
  private struct FailedTaskRow: Encodable {
    var task_id: TaskID
    var name: String
    var attempts: Int
    var reason: String
    @Nullable var cause: String?
    @Nullable var exit_code: Int?
    @Nullable var signal: Int?
    @Nullable var stdout: String?
    @Nullable var stderr: String?
    @Nullable var stderr_tail: String?
  }

  // swift-format-ignore: AlwaysUseLowerCamelCase
  private struct Refusal: Encodable {
    struct Fault: Encodable {
      var code: String
      var message: String
      @Nullable var file: String?
      @Nullable var line: Int?
      @Nullable var column: Int?
      @Nullable var workflow_id: WorkflowID?
    }
    var status: String
    var error: Fault
  }
}

/// An optional that is written as null, not left out: readers find every key.
// swift-format-ignore: UseSynthesizedInitializer
@propertyWrapper
struct Nullable<Value: Encodable>: Encodable {
  var wrappedValue: Value?

  // Synthesized initializers of property wrappers take the wrapper, this one takes the value.
  init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let wrappedValue { try container.encode(wrappedValue) } else { try container.encodeNil() }
  }
}

enum JSONText {
  /// Compact JSON with sorted keys.
  static func line(_ value: JSONValue) -> String { JSONWriter.text(value) }

  /// Compact JSON with sorted keys.
  static func line(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    // Everything that is printed is made of numbers, texts and lists: encoding it cannot fail.
    return String(decoding: try! encoder.encode(value), as: UTF8.self)
  }
}
