import JobmonModel

/// Text of a file in which `{name}` stands for a parameter or an argument of the same entry, and `{name.stem}`,
/// `{name.name}` and `{name.dir}` for parts of it as a path.
struct Interpolation {
  private let template: CommandTemplate
  /// Placeholders that name a part of a path.
  private let parts: [(placeholder: String, argument: String, part: PathPart)]

  /// - Parameter names: what may be named.
  init(_ text: String, names: [String], at node: FileNode) throws {
    do {
      template = try CommandTemplate(text) { placeholder in
        ArgumentName.isValid(PathPart.split(placeholder)?.argument ?? placeholder)
      }
    } catch let refusal as RunRefusal {
      throw node.fault(
        "\(node.path): "
          + refusal.message.replacing("the command template ", with: "").replacing(
            "argument name", with: "name"))
    }
    parts = template.names.compactMap { placeholder in
      PathPart.split(placeholder).map { (placeholder, $0.argument, $0.part) }
    }
    for name in self.names where !names.contains(name) {
      let nearest = Suggestion.nearest(to: name, among: names).map { "did you mean '{\($0)}'?" }
      throw node.fault(
        "\(node.path): '{\(name)}' is neither an argument of this entry nor a parameter; "
          + (nearest ?? "a brace that is meant as such is written twice"))
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
