import JobmonCore
import OSText

/// A report as one self-contained HTML file: the figures as JSON, and a script that draws them.
struct ReportPage {
  let report: WorkflowReport

  var html: String {
    // No name may close the element that contains the figures.
    let json = Self.replacing("<", in: figures, with: "\\u003c")
    // Assembled from left to right, so inserted text is not searched again.
    var page = ""
    var rest = Substring(ReportMarkup.page)
    for (name, part) in [
      ("{{title}}", Self.escaped("\(VisibleText.line(report.name)) (workflow \(report.id))")),
      ("{{style}}", ReportMarkup.style), ("{{figures}}", json), ("{{script}}", ReportMarkup.script),
    ] {
      let index = rest.firstRange(of: name)!
      page += rest[..<index.lowerBound]
      page += part
      rest = rest[index.upperBound...]
    }
    return page + rest
  }

  private static func escaped(_ text: String) -> String {
    replacing(
      ">", in: replacing("<", in: replacing("&", in: text, with: "&amp;"), with: "&lt;"), with: "&gt;")
  }

  /// Works on bytes: the figures can be many megabytes.
  private static func replacing(_ sign: Unicode.Scalar, in text: String, with other: String) -> String {
    let parts = text.utf8.split(separator: UInt8(ascii: sign), omittingEmptySubsequences: false)
    return parts.lazy.map { Substring($0) }.joined(separator: other)
  }

  /// Times are in milliseconds after the start.
  private var beginning: Int64 { report.runs.first?.started ?? report.created }

  private var figures: String {
    var text = "{"
    func add(_ key: String, _ value: JSONValue) {
      if text.utf8.count > 1 { text += ",\n" }
      text += "\"\(key)\":"
      JSONWriter.write(value, to: &text)
    }
    add(
      "workflow",
      .object([
        "id": .integer(report.id), "name": Self.words(report.name), "tool": Self.words(report.tool),
        "toolVersion": Self.words(report.toolVersion), "args": Self.words(report.workflowArgs),
        "description": report.description.map(Self.words) ?? .null, "status": .string(report.status.rawValue),
        "user": Self.words(report.user), "created": .integer(report.created), "begin": .integer(beginning),
        "driver": report.driver.words.map(Self.words) ?? .null, "now": .integer(report.now),
        "limit": JSONValue(report.limit),
        "firstTask": .integer(report.firstTask), "attempts": JSONValue(report.attemptCount),
      ]))
    add("runs", .array(report.runs.map(run)))
    add("templates", .array(report.templates.map(template)))
    add("edges", .array(report.edges.map { .array([JSONValue($0.from), JSONValue($0.to)]) }))
    add("concurrency", columns(report.concurrency.map { [$0.time - beginning, Int64($0.running)] }))
    add("chain", .array(report.chain.map(link)))
    add("errors", .array(report.errors.map(error)))
    addAttempts(to: &text)
    return text + "}"
  }

  /// Foreign text, made visible: a browser hides control characters and applies bidirectional ones.
  private static func words(_ text: String) -> JSONValue { .string(VisibleText.of(text)) }

  private func run(_ run: WorkflowReport.Run) -> JSONValue {
    .object([
      "id": .integer(run.id), "status": .string(run.status.rawValue), "cluster": Self.words(run.cluster),
      "user": Self.words(run.user), "started": .integer(run.started - beginning),
      "ended": run.ended.map { .integer($0 - beginning) } ?? .null,
    ])
  }

  private func template(_ template: WorkflowReport.Template) -> JSONValue {
    func spread(_ spread: TemplateUsage.Spread?) -> JSONValue {
      guard let spread else { return .null }
      return .array([spread.min, spread.median, spread.p95, spread.max, spread.mean].map { .number($0) })
    }
    func range(_ range: ClosedRange<Int64>?) -> JSONValue {
      range.map { .array([.integer($0.lowerBound), .integer($0.upperBound)]) } ?? .null
    }
    return .object([
      "name": Self.words(template.name), "tasks": JSONValue(template.tasks), "done": JSONValue(template.done),
      "fatal": JSONValue(template.fatal), "retries": JSONValue(template.retries),
      "limit": JSONValue(template.limit), "runtime": spread(template.runtime),
      "memory": spread(template.memory), "askedRuntime": range(template.requestedRuntime),
      "askedMemory": range(template.requestedMemory), "coreSeconds": .number(template.coreSeconds),
      "cpuSeconds": .number(template.cpuSeconds), "askedByteSeconds": .number(template.requestedByteSeconds),
      "usedByteSeconds": .number(template.usedByteSeconds), "lostSeconds": .number(template.lostSeconds),
      "causes": .object(template.causes.mapValues { JSONValue($0) }),
    ])
  }

  private func link(_ link: WorkflowReport.Link) -> JSONValue {
    .object([
      "task": .integer(link.task), "name": Self.words(link.name), "template": JSONValue(link.template),
      "waited": .integer(link.waited), "ran": .integer(link.ran),
    ])
  }

  private func error(_ group: ErrorGroup) -> JSONValue {
    .object([
      "count": JSONValue(group.count), "sample": Self.words(group.sample),
      "first": .integer(group.firstSeen.rawValue), "last": .integer(group.lastSeen.rawValue),
      "tasks": .array(group.taskIDs.prefix(20).map { .integer($0) }),
      "more": JSONValue(max(0, group.taskIDs.count - 20)),
      "hosts": .array(group.hosts.map { Self.words($0) }),
    ])
  }

  /// Rows converted to columns, which are shorter.
  private func columns(_ rows: [[Int64]]) -> JSONValue {
    .array((0..<(rows.first?.count ?? 0)).map { column in .array(rows.map { .integer($0[column]) }) })
  }

  /// There can be 100,000 attempts, so the text is written without a JSON value for each figure.
  private func addAttempts(to text: inout String) {
    var nodes: [String: Int] = [:]
    var nodeNames: [JSONValue] = []
    var statuses: [TaskInstanceStatus: Int] = [:]
    var statusNames: [JSONValue] = []
    func column(_ key: String, _ value: (WorkflowReport.Attempt) -> Int64?) {
      text += ",\n\"\(key)\":["
      for (index, attempt) in report.attempts.enumerated() {
        if index > 0 { text += "," }
        text += value(attempt).map { String($0) } ?? "null"
      }
      text += "]"
    }
    text += ",\n\"attempts\":{\"chosen\":\(report.attempts.count)"
    column("task") { Int64($0.task) }
    column("template") { Int64($0.template) }
    column("created") { $0.created - beginning }
    column("started") { attempt in attempt.started.map { $0 - beginning } }
    column("ended") { attempt in attempt.ended.map { $0 - beginning } }
    column("attempt") { Int64($0.attempt) }
    column("peak") { $0.peak }
    column("status") { attempt in
      if let known = statuses[attempt.status] { return Int64(known) }
      statuses[attempt.status] = statusNames.count
      statusNames.append(.string(attempt.status.rawValue))
      return Int64(statusNames.count - 1)
    }
    column("node") { attempt in
      guard let node = attempt.node else { return nil }
      if let known = nodes[node] { return Int64(known) }
      nodes[node] = nodeNames.count
      nodeNames.append(Self.words(node))
      return Int64(nodeNames.count - 1)
    }
    text += "},\n\"nodes\":"
    JSONWriter.write(.array(nodeNames), to: &text)
    text += ",\n\"statuses\":"
    JSONWriter.write(.array(statusNames), to: &text)
    text += ",\n\"names\":["
    var last: TaskIndex?
    var isFirst = true
    // Attempts are in the order of their tasks; write each name once.
    for attempt in report.attempts where attempt.task != last {
      last = attempt.task
      if !isFirst { text += "," }
      isFirst = false
      JSONWriter.write(Self.words(report.taskNames[attempt.task] ?? ""), to: &text)
    }
    text += "]"
  }
}
