/// A name, or a pattern of names with `*` and `?`, as given by the user.
struct NamePattern {
  var text: String

  /// The condition that `column` matches the pattern. Its only argument is ``argument``.
  func condition(_ column: String) -> String { isPattern ? "\(column) GLOB ?" : "\(column) = ?" }

  /// The value to compare with. In GLOB a bracket would begin a set of characters, so brackets are escaped.
  var argument: String {
    isPattern ? text.split(separator: "[", omittingEmptySubsequences: false).joined(separator: "[[]") : text
  }

  private var isPattern: Bool { text.contains("*") || text.contains("?") }
}
