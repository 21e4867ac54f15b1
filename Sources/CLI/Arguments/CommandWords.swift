import JobmonCore

/// A command line as typed, translated to the parser's spelling.
///
/// The original program's commands have flat names (`workflow_status`). Here they are in groups (`workflow status`).
/// Both spellings work. Hyphens and underscores are equal in the names of commands and options.
struct CommandWords {
  /// The words for the parser.
  let arguments: [String]

  /// The flat names, which contain underscores.
  private static let flatNames = Set(FlatNames.commands.map { $0._commandName })

  /// Option names of the original, and the names used here.
  private static let optionNames = [
    "--cluster-name": "--cluster", "--workflow-id": "--workflow", "--workflow-ids": "--workflow",
    "--workflows": "--workflow", "--task-id": "--task", "--task-ids": "--task",
  ]

  init(_ typed: [String]) {
    // A shell requests completions.
    if typed.first?.hasPrefix("---") == true {
      arguments = typed
      return
    }
    var words = typed
    let end = words.firstIndex(of: "--") ?? words.endIndex
    for index in words[..<end].indices { words[index] = Self.option(words[index]) }
    if words.first == "help", words.count > 1 {
      words = CommandWords(Array(words.dropFirst())).arguments + ["--help"]
    } else if let first = words.first?.replacing("-", with: "_"), Self.flatNames.contains(first) {
      words[0] = first
    }
    Self.nameArgument(&words)
    arguments = LongList.joined(words)
  }

  /// `task show 17` means `task show -t 17`, and `workflow watch 3` means `workflow watch -w 3`.
  private static func nameArgument(_ words: inout [String]) {
    guard words.count > 2, let option = ["task": "-t", "workflow": "-w"][words[0]] else { return }
    let isCommand = CommandTree.paths.contains { $0 == Array(words[..<2]) }
    if isCommand, !words[2].hasPrefix("-") { words.insert(option, at: 2) }
  }

  /// An option's name as declared; other words are unchanged.
  private static func option(_ word: String) -> String {
    guard word.hasPrefix("--"), word.utf8.count > 2 else { return word }
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0]).replacing("_", with: "-")
    return ([optionNames[name] ?? name] + parts.dropFirst().map(String.init)).joined(separator: "=")
  }
}
