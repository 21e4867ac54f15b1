import Foundation

/// A parsed command template: text, and the arguments whose values are inserted.
package struct CommandTemplate: Sendable {
  package enum Part: Hashable, Sendable {
    case text(String)
    /// `{name}`, or `{name:q}`, whose value is quoted for the shell.
    case argument(String, quoted: Bool)
  }

  package let parts: [Part]

  /// The argument names, in the order of their first use in the command.
  package var names: [String] {
    var seen: Set<String> = []
    return parts.compactMap { part in
      if case .argument(let name, _) = part, seen.insert(name).inserted { return name }
      return nil
    }
  }

  /// Parses a command template.
  ///
  /// - Parameter isName: whether the name of a placeholder is valid.
  /// - Throws: ``DefinitionError/commandTemplate(_:_:)`` with the fault.
  package init(_ text: String, isName: (String) -> Bool = ArgumentName.isValid) throws(DefinitionError) {
    var parts: [Part] = []
    var literal: [UInt8] = []
    // Bytes instead of characters: a brace followed by a combining mark is still a brace.
    var rest = Array(text.utf8)[...]
    func error(_ fault: DefinitionError.TemplateFault) -> DefinitionError { .commandTemplate(text, fault) }
    let open = UInt8(ascii: "{")
    let close = UInt8(ascii: "}")
    while let byte = rest.popFirst() {
      if byte != open, byte != close {
        literal.append(byte)
      } else if rest.first == byte {
        literal.append(byte)
        rest.removeFirst()
      } else if byte == close {
        throw error(.closingBrace)
      } else {
        guard let end = rest.firstIndex(of: close) else { throw error(.openBrace) }
        let field = String(decoding: rest[..<end], as: UTF8.self)
        rest = rest[(end + 1)...]
        let quoted = field.hasSuffix(":q")
        let name = quoted ? String(field.dropLast(2)) : field
        guard isName(name) else { throw error(.noArgument(field)) }
        if !literal.isEmpty { parts.append(.text(String(decoding: literal, as: UTF8.self))) }
        literal.removeAll()
        parts.append(.argument(name, quoted: quoted))
      }
    }
    if !literal.isEmpty { parts.append(.text(String(decoding: literal, as: UTF8.self))) }
    self.parts = parts
  }

  /// The text with the argument values inserted. `values` are in the order of `names`.
  package func render(_ names: [String], _ values: [String]) -> String {
    var command = ""
    for part in parts {
      switch part {
      case .text(let text): command += text
      case .argument(let name, let quoted):
        guard let index = names.firstIndex(of: name), index < values.count else { continue }
        command += quoted ? ShellWord.quoted(values[index]) : values[index]
      }
    }
    return command
  }

  /// The parsed form, cached for later calls; nil if the text cannot be parsed.
  package static func parsed(_ text: String) -> CommandTemplate? {
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

extension TaskTemplate {
  /// The command with these values, in the order of ``arguments``.
  public func render(_ values: [String]) -> String {
    // A template whose command cannot be parsed is refused before it is rendered.
    guard let parsed = CommandTemplate.parsed(commandTemplate) else { return commandTemplate }
    return parsed.render(arguments, values)
  }
}
