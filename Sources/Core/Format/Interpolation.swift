import JobmonModel

/// Text of a file in which `{name}` stands for a parameter or an argument of the same entry, and `{name.stem}`,
/// `{name.name}` and `{name.dir}` for parts of it as a path.
struct Interpolation {
  private let template: CommandTemplate
  /// Placeholders that name a part of a path.
  private let parts: [(placeholder: String, argument: String, part: PathPart)]

  /// - Parameter names: what may be named.
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

  /// What is named, each once.
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
