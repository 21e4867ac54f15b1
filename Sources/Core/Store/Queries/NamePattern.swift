/// A name, or a pattern of names with `*` and `?`, as a person types it.
struct NamePattern {
  var text: String

  /// The condition that `column` meets the pattern; its one argument is ``argument``.
  func condition(_ column: String) -> String { isPattern ? "\(column) GLOB ?" : "\(column) = ?" }

  /// In GLOB, a bracket would begin a set of characters.
  var argument: String {
    isPattern ? text.split(separator: "[", omittingEmptySubsequences: false).joined(separator: "[[]") : text
  }

  private var isPattern: Bool { text.contains("*") || text.contains("?") }
}
