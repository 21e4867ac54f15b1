import Foundation
import JobmonCore

/// What `--dry-run` prints.
struct PreviewText {
  let preview: RunPreview

  private var table: StyledText {
    var head: StyledText = "\(preview.name): \(preview.tasksTotal) tasks"
    if preview.tasksPreviouslyDone > 0 {
      head += ", \(preview.tasksPreviouslyDone) of them done by earlier runs"
    }
    head += "; critical path: \(preview.criticalPath) tasks\nfolder: \(preview.folder)"
    if let changes = preview.changes {
      head +=
        "\n\n\(StyledText(lines: changes.text))\n(with --accept-changes, or with --keep-done; without them the run is refused)"
    }
    return "\(head)\n\n\(Listing(preview.shares.map(ShareRow.init)).table())\n\nnothing was run (--dry-run)"
  }

  private var json: [String: JSONValue] {
    [
      "dry_run": .bool(true), "name": .string(preview.name), "workflow_args": JSONValue(preview.workflowArgs),
      "tasks_total": JSONValue(preview.tasksTotal),
      "tasks_previously_done": JSONValue(preview.tasksPreviouslyDone),
      "critical_path": JSONValue(preview.criticalPath), "folder": .string(preview.folder),
      "warnings": .array(preview.warnings.map { .string($0) }),
      "arrays": .array(
        preview.shares.map { share in
          .object([
            "template": .string(share.template), "tasks": JSONValue(share.tasks),
            "cluster": .string(share.cluster), "queue": JSONValue(share.request.queue),
            "cores": JSONValue(share.request.cores),
            "memory_bytes": share.request.memory.map { .integer($0) } ?? .null,
            "runtime_seconds": share.request.runtime.map { .integer($0) } ?? .null,
            "max_attempts": JSONValue(share.maxAttempts), "max_concurrently_running": JSONValue(share.limit),
            "priority": JSONValue(share.priority),
          ])
        }),
    ]
  }

  func tell(_ output: some OutputChoice) throws(OutputFailure) {
    for warning in preview.warnings { Console.error("warning: \(warning)") }
    try output.tell(json, or: table)
  }
}

/// The tasks of one template that go to one queue, in the table.
private struct ShareRow: ListedRow {
  var share: RunPreview.Share

  enum CodingKeys: String, CodingKey, CaseIterable {
    case template, tasks, cluster, queue, cores, memory, runtime
    case maxAttempts = "max_attempts"
    case limit = "at_a_time"
    case priority
  }

  var values: [JSONValue] {
    [
      .string(share.template), JSONValue(share.tasks), .string(share.cluster), JSONValue(share.request.queue),
      JSONValue(share.request.cores), JSONValue(share.request.memory.map(MemorySize.text)),
      JSONValue(share.request.runtime.map { SpanText.text(Double($0)) }), JSONValue(share.maxAttempts),
      JSONValue(share.limit), JSONValue(share.priority),
    ]
  }
}
