import JobmonModel

/// Text of a file in which `{name}` stands for a parameter or an argument of the same entry.
struct Interpolation {
  private let template: CommandTemplate

  /// - Parameter names: what may be named.
  init(_ text: String, names: [String], at node: FileNode) throws {
    do {
      template = try CommandTemplate(text)
    } catch let refusal as RunRefusal {
      throw node.fault(
        "\(node.path): "
          + refusal.message.replacing("the command template ", with: "").replacing(
            "argument name", with: "name"))
    }
    for name in template.names where !names.contains(name) {
      let nearest = Suggestion.nearest(to: name, among: names).map { "did you mean '{\($0)}'?" }
      throw node.fault(
        "\(node.path): '{\(name)}' is neither an argument of this entry nor a parameter; "
          + (nearest ?? "a brace that is meant as such is written twice"))
    }
  }

  var names: [String] { template.names }

  func text(_ names: [String], _ values: [String]) -> String { template.render(names, values) }
}
