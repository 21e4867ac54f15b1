import Foundation
import JobmonCore

/// `--events`: one JSON object a line, written as it happens.
final class EventWriter: @unchecked Sendable {
  private let file: FileHandle
  private let lock = NSLock()
  private var hasFailed = false

  /// - Parameter target: a file, which is added to, or `-` for standard output.
  init(_ target: String) throws {
    if target == "-" {
      file = .standardOutput
      return
    }
    let descriptor = OSFile.open(target, O_WRONLY | O_CREAT | O_APPEND)
    guard descriptor >= 0 else {
      throw RunRefusal(
        .invalidUsage, "--events: \(target) cannot be written (\(String(cString: strerror(errno))))")
    }
    file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }

  func write(_ events: [StatusEvent]) {
    let text = events.map { Self.line($0) + "\n" }.joined()
    lock.lock()
    defer { lock.unlock() }
    do {
      if !hasFailed { try file.write(contentsOf: Data(text.utf8)) }
    } catch {
      // A reader that has gone, or a full disk, must not stop the run.
      hasFailed = true
      Console.error("--events: cannot be written any more (\(error.localizedDescription)); the run goes on")
    }
  }

  static func line(_ event: StatusEvent) -> String { JSONText.line(Line(event)) }

  func close() { try? file.synchronize() }

  // swift-format-ignore: AlwaysUseLowerCamelCase
  private struct Line: Encodable {
    var seq: Int64
    var time: String
    var kind: String
    var id: Int64
    var workflow_id: WorkflowID
    @Nullable var task_id: TaskID?
    @Nullable var task_name: String?
    @Nullable var from: String?
    var to: String
    @Nullable var attempt: Int?
    @Nullable var cause: String?
    @Nullable var node: String?
    @Nullable var message: String?

    init(_ event: StatusEvent) {
      seq = event.seq
      time = event.time.iso8601
      kind = event.kind.rawValue
      id = event.id
      workflow_id = event.workflowID
      task_id = event.taskID
      task_name = event.taskName
      from = event.from
      to = event.to
      attempt = event.attempt
      cause = event.cause
      node = event.node
      message = event.message
    }
  }
}
