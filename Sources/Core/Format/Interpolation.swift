import JobmonModel

/// Text in a file that contains placeholders: `{name}` for a parameter or an argument of the same entry, and
/// `{name.stem}`, `{name.name}` and `{name.dir}` for parts of its value as a path.
struct Interpolation {
  private let template: CommandTemplate
  /// Placeholders for parts of paths.
  private let parts: [(placeholder: String, argument: String, part: PathPart)]

  /// Parses a text with placeholders.
  ///
  /// - Parameter names: the names that placeholders may contain.
  init(_ text: String, names: [String], at node: FileNode) throws {
    do throws(DefinitionError) {
      template = try CommandTemplate(text) { placeholder in
        ArgumentName.isValid(PathPart.split(placeholder)?.argument ?? placeholder)
      }
    } catch {
      guard case .commandTemplate(let text, let fault) = error else { throw node.member(error) }
      throw node.member(WorkflowFileFault.placeholderSyntax(text, fault))
    }
    parts = template.names.compactMap { placeholder in
      PathPart.split(placeholder).map { (placeholder, $0.argument, $0.part) }
    }
    for name in self.names where !names.contains(name) {
      throw node.member(
        WorkflowFileFault.unknownPlaceholder(name, nearest: Suggestion.nearest(to: name, among: names)))
    }
  }

  /// The names in the placeholders, without duplicates.
  var names: [String] {
    var seen: Set<String> = []
    return template.names.map { PathPart.split($0)?.argument ?? $0 }.filter { seen.insert($0).inserted }
  }

  func text(_ names: [String], _ values: [String]) -> String {
    if parts.isEmpty { return template.render(names, values) }
    let cut = parts.map { part in
      names.firstIndex(of: part.argument).map { part.part.of(values[$0]) } ?? ""
    }
    return template.render(names + parts.map(\.placeholder), values + cut)
  }
}
