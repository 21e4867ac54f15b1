import JobmonCore

/// A line of `--events`: a status change, or in its place how many were dropped.
// swift-format-ignore: AlwaysUseLowerCamelCase
struct EventLine: Encodable {
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
  // Only lines that tell of dropped events have these keys.
  var dropped: Int?
  var last_seq: Int64?

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

  init(_ events: DroppedEvents) {
    seq = events.first
    time = Timestamp.now.iso8601
    kind = "dropped"
    id = events.workflow
    workflow_id = events.workflow
    to = "DROPPED"
    message =
      "\(events.count) events were dropped (seq \(events.first) to \(events.last)); "
      + "jobmon history -w \(events.workflow) has them"
    dropped = events.count
    last_seq = events.last
  }

  /// Compact JSON, without a newline.
  var json: String { JSONText.line(self) }
}
