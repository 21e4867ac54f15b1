import JobmonModel

extension ChangePlan {
  /// What accepting the changes is about to do, line by line, for a person.
  public var text: String {
    var lines = ["workflow \(workflow) has changed; a new workflow takes its place:"]
    lines += templates.map { "  command    \($0.description)" }
    lines.append("  keep       \(Self.tasks(kept)) with \(kept.count == 1 ? "its result" : "their results")")
    for reason in Reason.allCases {
      guard let group = again[reason] else { continue }
      lines.append("  run again  \(Self.tasks(group)): \(reason.words(isOne: group.count == 1))")
    }
    if unfinished.count > 0 { lines.append("  run        \(Self.tasks(unfinished)) not done before") }
    if added.count > 0 { lines.append("  run        \(Self.tasks(added)) added") }
    if gone.count > 0 { lines.append("  gone       \(Self.tasks(gone)) removed") }
    return lines.joined(separator: "\n")
  }

  /// `2 tasks (such as 'count_number-6')`
  fileprivate static func tasks(_ group: Group) -> String {
    switch group.count {
    case 0: "no task"
    case 1: "1 task ('\(group.example)')"
    default: "\(group.count) tasks (such as '\(group.example)')"
    }
  }
}

extension ChangePlan.Difference {
  /// What differs: `the command of template 'count': …; 1 added, for example 'w3'`
  public var words: String {
    var parts = templates.map { "the command of \($0.description)" }
    for (group, word) in [(added, "added"), (gone, "removed")] where group.count > 0 {
      parts.append("\(group.count) \(word), for example '\(group.example)'")
    }
    if let otherUpstreams { parts.append("\(ChangePlan.tasks(otherUpstreams)) with other upstreams") }
    if parts.isEmpty { parts.append("the same tasks in another order of upstreams or arguments") }
    return parts.joined(separator: "; ")
  }
}

extension ChangePlan.Reason {
  fileprivate func words(isOne: Bool) -> String {
    switch self {
    case .command: isOne ? "its command has changed" : "their commands have changed"
    case .upstreams: isOne ? "its upstream tasks have changed" : "their upstream tasks have changed"
    case .downstream: "a task upstream runs or runs again"
    }
  }
}

extension ChangePlan.TemplateChange: CustomStringConvertible {
  /// `template 'count': 'seq 1' -> 'seq 2'`; the middle of long commands is cut.
  public var description: String { "template '\(name)': '\(Self.short(old))' -> '\(Self.short(new))'" }

  private static let longest = 200

  private static func short(_ command: String) -> String {
    guard command.count > longest else { return command }
    return "\(command.prefix(longest / 2)) … \(command.suffix(longest / 2))"
  }
}
