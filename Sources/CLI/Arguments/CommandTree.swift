import ArgumentParser
import JobmonCore

/// All commands, by the words that name them.
enum CommandTree {
  /// The words of every command, without groups: `["workflow", "status"]`.
  static let paths: [[String]] = paths(of: JobmonProgram.self)

  private static func paths(of type: any ParsableCommand.Type) -> [[String]] {
    type.configuration.subcommands.flatMap { child in
      names(child).flatMap { name in
        let below = paths(of: child)
        return (below.isEmpty || child.configuration.defaultSubcommand != nil ? [[name]] : [])
          + below.map { [name] + $0 }
      }
    }
  }

  private static func names(_ type: any ParsableCommand.Type) -> [String] {
    [type._commandName] + type.configuration.aliases
  }

  /// What is wrong with the words that name a command; nil if they name a command, or only a group.
  static func fault(_ words: [String]) -> UsageFault? {
    var type: any ParsableCommand.Type = JobmonProgram.self
    var path: [String] = []
    for word in words {
      let children = type.configuration.subcommands
      if word.hasPrefix("-") || children.isEmpty { return nil }
      guard let child = children.first(where: { names($0).contains(word) }) else {
        // The remaining words are its options and arguments.
        if type.configuration.defaultSubcommand != nil, !path.isEmpty { return nil }
        return unknown(path + [word])
      }
      path.append(word)
      type = child
    }
    return nil
  }

  private static func unknown(_ path: [String]) -> UsageFault {
    let word = path[path.count - 1]
    let typed = path.joined(separator: " ")
    let group = Array(path.dropLast())
    func named(_ last: String) -> [String] {
      paths.filter { $0.last == last }.map { $0.joined(separator: " ") }
    }
    // Look in the command's own group first: there, `statsu` is closest to `status`.
    let near = paths.filter { $0.starts(with: group) && !group.isEmpty }.compactMap(\.last)
    var found: [String] = []
    if let nearest = Suggestion.nearest(to: word, among: near) {
      found = [(group + [nearest]).joined(separator: " ")]
    }
    if found.isEmpty { found = named(word).filter { $0 != word } }
    if found.isEmpty {
      let flat = word.replacing("-", with: "_")
      let all = Set(paths.flatMap { [$0[0], $0[$0.count - 1]] })
      if let nearest = Suggestion.nearest(to: flat, among: all.sorted()) {
        found = paths.contains([nearest]) ? [nearest] : named(nearest)
        if found.isEmpty { found = [nearest] }
      }
    }
    return .noCommand(typed, nearest: found, group: group.isEmpty ? nil : group.joined(separator: " "))
  }
}
