import Foundation

extension TaskTemplate {
  /// The command with these values, in the order of ``arguments``.
  public func render(_ values: [String]) -> String {
    // A template whose command cannot be parsed is refused before anything is rendered from it.
    guard let parsed = CommandTemplate.parsed(commandTemplate) else { return commandTemplate }
    return parsed.render(arguments, values)
  }
}

/// A command template, taken apart once: text, and the arguments whose values go between.
struct CommandTemplate: Sendable {
  enum Part: Hashable, Sendable {
    case text(String)
    /// `{name}`, or `{name:q}` for a value that is quoted for the shell.
    case argument(String, quoted: Bool)
  }

  let parts: [Part]

  /// The argument names, in the order in which they first stand in the command.
  var names: [String] {
    var seen: Set<String> = []
    return parts.compactMap { part in
      if case .argument(let name, _) = part, seen.insert(name).inserted { return name }
      return nil
    }
  }

  /// - Throws: ``RunRefusal`` that quotes the place.
  init(_ text: String) throws {
    var parts: [Part] = []
    var literal = ""
    var rest = Substring(text)
    func refusal(_ why: String) -> RunRefusal {
      RunRefusal(.invalidFile, "the command template '\(text)' \(why); a brace that is meant as such is written twice")
    }
    while let character = rest.popFirst() {
      switch character {
      case "{" where rest.first == "{", "}" where rest.first == "}":
        literal.append(character)
        rest.removeFirst()
      case "}": throw refusal("has a '}' without a '{'")
      case "{":
        guard let end = rest.firstIndex(of: "}") else { throw refusal("has a '{' without a '}'") }
        var name = String(rest[..<end])
        rest = rest[rest.index(after: end)...]
        let quoted = name.hasSuffix(":q")
        if quoted { name.removeLast(2) }
        guard ArgumentName.isValid(name) else { throw refusal("has '{\(name)}', which is no argument name") }
        if !literal.isEmpty { parts.append(.text(literal)) }
        literal = ""
        parts.append(.argument(name, quoted: quoted))
      default: literal.append(character)
      }
    }
    if !literal.isEmpty { parts.append(.text(literal)) }
    self.parts = parts
  }

  func render(_ names: [String], _ values: [String]) -> String {
    var command = ""
    for part in parts {
      switch part {
      case .text(let text): command += text
      case .argument(let name, let quoted):
        guard let place = names.firstIndex(of: name), place < values.count else { continue }
        command += quoted ? ShellWord.quoted(values[place]) : values[place]
      }
    }
    return command
  }

  /// The parsed form, kept for the next call; nil where it cannot be parsed.
  static func parsed(_ text: String) -> CommandTemplate? {
    cache.lock.lock()
    defer { cache.lock.unlock() }
    if let known = cache.templates[text] { return known }
    let fresh = try? CommandTemplate(text)
    cache.templates[text] = fresh
    return fresh
  }

  private final class Cache: @unchecked Sendable {
    let lock = NSLock()
    var templates: [String: CommandTemplate] = [:]
  }

  private static let cache = Cache()
}

/// Words of the shell.
public enum ShellWord {
  private static let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-")

  /// `text` as one word: in single quotes, unless nothing in it means anything to the shell.
  public static func quoted(_ text: String) -> String {
    if !text.isEmpty, text.allSatisfy(plain.contains) { return text }
    return "'" + text.replacing("'", with: "'\\''") + "'"
  }
}

/// Names of arguments: they become the names of variables.
enum ArgumentName {
  static func isValid(_ name: String) -> Bool {
    guard let first = name.utf8.first, isLetter(first) else { return false }
    return name.utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F
  }
}
