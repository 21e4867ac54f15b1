import JobmonModel

/// Text of a file in which `{name}` stands for a parameter or an argument of the same entry.
struct Interpolation {
  private let template: CommandTemplate

  /// - Parameter names: what may be named.
  init(_ text: String, names: [String], at place: FileNode) throws {
    do throws(DefinitionError) {
      template = try CommandTemplate(text)
    } catch {
      guard case .commandTemplate(let text, let fault) = error else { throw place.member(error) }
      throw place.member(WorkflowFileFault.placeholderSyntax(text, fault))
    }
    for name in template.names where !names.contains(name) {
      throw place.member(
        WorkflowFileFault.unknownPlaceholder(name, nearest: Suggestion.nearest(to: name, among: names)))
    }
  }

  var names: [String] { template.names }

  func text(_ names: [String], _ values: [String]) -> String { template.render(names, values) }
}
