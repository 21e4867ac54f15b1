import JobmonCore

/// `task show` for people.
struct TaskCardText {
  let card: TaskCard

  var text: StyledText {
    var lines: [StyledText] = []
    func line(_ label: String, _ value: StyledText) {
      lines.append("\(label.padding(to: 11)) \(value)")
    }
    lines.append("task \(card.task.id)  \(card.task.name)")
    line("status", "\(status)")
    line("workflow", "\(card.workflow) (\(card.workflowName))")
    line("template", "\(card.task.template)")
    line("command", StyledText(lines: card.command))
    line("folder", "\(card.folder)")
    for (role, values) in card.arguments where !values.isEmpty {
      line(role, values.map { "\($0.name)=\($0.value)" as StyledText }.joined(separator: "  "))
    }
    if !card.attributes.isEmpty {
      let pairs = card.attributes.sorted { $0.key < $1.key }
      line("attributes", pairs.map { "\($0.key)=\($0.value)" as StyledText }.joined(separator: "  "))
    }
    if let request = card.request { line("requested", StyledText(Self.words(request))) }
    if let usage = card.attempts.last?.row.usage { line("used", StyledText(Self.words(usage))) }
    if !card.missing.isEmpty {
      lines.append("")
      lines.append("waits for \(CountText.of(card.missing.count, "task")):")
      lines += card.missing.prefix(Self.mostMissing).map {
        "  \($0.name) (task \($0.id)) \($0.status.rawValue)" as StyledText
      }
      if card.missing.count > Self.mostMissing {
        lines.append(
          "  and \(card.missing.count - Self.mostMissing) more: jobmon task dependencies -t \(card.task.id)")
      }
    }
    if !card.attempts.isEmpty {
      lines.append("")
      lines.append(Listing(card.attempts.map(AttemptLine.init)).table())
      if let last = card.attempts.last {
        lines.append("")
        line("stdout", last.stdout.map { "\($0)" } ?? "-")
        line("stderr", last.stderr.map { "\($0)" } ?? "-")
        if let reason = last.row.status == .done ? nil : last.row.reason { line("reason", "\(reason)") }
      }
    } else {
      lines.append("")
      lines.append("no attempt yet")
    }
    if let tail = card.stderrTail {
      lines.append("")
      lines.append("end of stderr:")
      lines += tail.split(separator: "\n", omittingEmptySubsequences: false).map {
        "  \(StyledText(String($0)))" as StyledText
      }
    }
    return lines.joined(separator: "\n")
  }

  /// The maximum number of unfinished upstreams that are named.
  private static let mostMissing = 10

  private var status: String {
    card.driver.ifNotable(for: card.task.status).annotating(card.task.status.rawValue)
  }

  private static func words(_ request: ResourceRequest) -> String {
    var parts = [CountText.of(request.cores, "core")]
    parts.append("memory " + (request.memory.map(ByteCount.text) ?? "unlimited"))
    parts.append("runtime " + (request.runtime.map { SpanText.text(Double($0)) } ?? "unlimited"))
    if let queue = request.queue { parts.append("queue \(queue)") }
    if let project = request.project { parts.append("project \(project)") }
    return parts.joined(separator: ", ")
  }

  private static func words(_ usage: ResourceUsage) -> String {
    [
      usage.wall.map { "\(SpanText.text($0))" }, usage.cpu.map { "cpu \(SpanText.text($0))" },
      usage.peakMemory.map { "memory \(ByteCount.text($0))" },
    ].compactMap { $0 }.joined(separator: ", ")
  }
}

/// An attempt as one line of `task show`.
private struct AttemptLine: ListedRow {
  var attempt: TaskCard.Attempt

  enum CodingKeys: String, CodingKey, CaseIterable {
    case attempt, run, instance, status, cluster, node, started, duration, memory, exit
  }

  var values: [JSONValue] {
    let row = attempt.row
    return [
      JSONValue(row.attempt), .integer(row.run), .integer(row.instance), .string(row.status.rawValue),
      .string(row.cluster), JSONValue(row.node), JSONValue(row.started),
      JSONValue(attempt.seconds.map(SpanText.text)),
      JSONValue(row.usage?.peakMemory.map(ByteCount.text)), JSONValue(row.cause?.shortText),
    ]
  }
}

extension String {
  /// Padded with spaces to at least `width` characters.
  fileprivate func padding(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
