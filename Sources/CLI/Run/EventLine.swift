import JobmonCore

/// A line of `--events`: a status change, or the number of events dropped in its place.
enum EventLine {
  case event(StatusEvent)
  case dropped(DroppedEvents)

  /// Compact JSON, without a newline.
  var json: String {
    switch self {
    case .event(let event):
      JSONText.line(
        Self.object(
          seq: event.seq, event.time, event.kind.rawValue, event.id, event.workflowID,
          [
            "task_id": JSONValue(event.taskID), "task_name": JSONValue(event.taskName),
            "from": JSONValue(event.from), "to": .string(event.to), "attempt": JSONValue(event.attempt),
            "cause": JSONValue(event.cause), "node": JSONValue(event.node),
            "message": JSONValue(event.message),
          ]))
    case .dropped(let events):
      JSONText.line(
        Self.object(
          seq: events.first, .now, "dropped", events.workflow, events.workflow,
          [
            "task_id": .null, "task_name": .null, "from": .null, "to": "DROPPED", "attempt": .null,
            "cause": .null, "node": .null,
            "message": .string(
              "\(CountText.of(events.count, "event was", plural: "events were")) dropped (seq \(events.first) to \(events.last)); "
                + "jobmon workflow history -w \(events.workflow) has them"),
            // Only lines about dropped events have these keys.
            "dropped": JSONValue(events.count), "last_seq": .integer(events.last),
          ]))
    }
  }

  private static func object(
    seq: Int64, _ time: Timestamp, _ kind: String, _ id: Int64, _ workflow: WorkflowID,
    _ more: [String: JSONValue]
  ) -> JSONValue {
    var members = more
    members["seq"] = .integer(seq)
    members["time"] = JSONValue(time)
    members["kind"] = .string(kind)
    members["id"] = .integer(id)
    members["workflow_id"] = .integer(workflow)
    return .object(members)
  }
}
