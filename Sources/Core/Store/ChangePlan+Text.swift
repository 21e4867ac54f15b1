import JobmonModel

extension ChangePlan {
  /// The effect of accepting the changes, line by line, as text for the user.
  public var text: String {
    (["workflow \(workflow) has changed; a new workflow takes its place:"] + difference.lines)
      .joined(separator: "\n")
  }
}

extension ChangePlan.Difference {
  /// Maximum number of lines in the message of a refusal. Further lines are only counted.
  private static let mostLines = 18

  /// The differences and their effect on the tasks. Each line is indented.
  public var lines: [String] {
    let what = changeLines
    return (what.isEmpty ? [Self.noChange] : what) + taskLines
  }

  /// The same lines for a message. If there are too many differences, only the first ones.
  package var fewLines: [String] {
    var what = changeLines
    if what.isEmpty { what = [Self.noChange] }
    let room = Self.mostLines - taskLines.count
    if what.count > room {
      let left = what.count - room + 1
      what = what.prefix(room - 1) + ["  …          \(left) more lines: a dry run shows all"]
    }
    return what + taskLines
  }

  private static let noChange = "  order      the same tasks, with upstreams or arguments in another order"

  private var changeLines: [String] {
    templates.flatMap(\.lines) + arguments.map { "  argument   \($0.description)" }
      + added.groups.map { "  added      \(Self.tasks($0))" }
      + gone.groups.map { "  gone       \(Self.tasks($0))" }
  }

  private var taskLines: [String] {
    var lines = ["  keep       \(Self.tasks(kept))\(Self.results(kept.count))"]
    for reason in ChangePlan.Reason.allCases {
      guard let group = again[reason] else { continue }
      lines.append("  run again  \(Self.tasks(group)): \(reason.words(isOne: group.count == 1))")
    }
    if unfinished.count > 0 { lines.append("  run        \(Self.tasks(unfinished)): not done before") }
    let new = added.count
    if new > 0 { lines.append("  run        \(CountText.of(new, "task")): added") }
    return lines
  }

  private static func results(_ count: Int) -> String {
    switch count {
    case 0: ""
    case 1: " with its result"
    default: " with their results"
    }
  }

  /// `2 tasks of count (such as 'count_number-6')`
  private static func tasks(_ entry: ChangePlan.TemplateGroups.Entry) -> String {
    let some = entry.tasks
    return some.count == 1
      ? "1 task of \(entry.template) ('\(some.example)')"
      : "\(some.count) tasks of \(entry.template) (such as '\(some.example)')"
  }

  /// `2 tasks (such as 'count_number-6')`
  private static func tasks(_ group: ChangePlan.Group) -> String {
    switch group.count {
    case 0: "no task"
    case 1: "1 task ('\(group.example)')"
    default: "\(group.count) tasks (such as '\(group.example)')"
    }
  }
}

extension ChangePlan.Reason {
  fileprivate func words(isOne: Bool) -> String {
    switch self {
    case .command: isOne ? "its command has changed" : "their commands have changed"
    case .arguments: isOne ? "its op_args have changed" : "their op_args have changed"
    case .upstreams: isOne ? "its upstream tasks have changed" : "their upstream tasks have changed"
    case .downstream: "a task upstream runs or runs again"
    }
  }
}

extension ChangePlan.TemplateChange {
  /// The old command, followed by the new one.
  fileprivate var lines: [String] {
    let shown = TextDifference(old, new)
    return [
      "  command    of template '\(name)'", "    before   \(shown.before)", "    after    \(shown.after)",
    ]
  }
}

extension ArgumentChange: CustomStringConvertible {
  /// `count: number 3 -> 5 (4 tasks)`
  public var description: String {
    let shown = TextDifference(before, after, longest: 60)
    return
      "\(template): \(argument) \(shown.before) -> \(shown.after) (\(CountText.of(tasks, "task")))"
  }
}

/// Two texts, each on one line and shortened to a readable length. If the beginning is cut, the first difference is
/// still shown.
struct TextDifference {
  let before: String
  let after: String

  /// Number of characters shown before the first difference if the beginning is cut.
  private static let context = 30

  init(_ before: String, _ after: String, longest: Int = 160) {
    let (old, new) = (Array(Self.oneLine(before)), Array(Self.oneLine(after)))
    let same = zip(old, new).prefix { $0 == $1 }.count
    let start = max(old.count, new.count) > longest ? max(0, same - Self.context) : 0
    func shown(_ text: [Character]) -> String {
      if text.isEmpty { return "''" }
      let rest = text[min(start, text.count)...]
      return (start > 0 ? "…" : "") + String(rest.prefix(longest)) + (rest.count > longest ? "…" : "")
    }
    (self.before, self.after) = (shown(old), shown(new))
  }

  private static func oneLine(_ text: String) -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    while lines.count > 1, lines.last?.isEmpty == true { lines.removeLast() }
    return lines.joined(separator: "^J")
  }
}
