/// Names of workflows, tools and templates.
public enum DefinitionName {
  /// Why `name` is not valid for a `kind`; nil if it is. A name has 1-150 characters, no control characters, no `/`,
  /// and no leading dot.
  public static func fault(_ name: String, kind: String) -> String? { error(name, kind: kind)?.description }

  package static func error(_ name: String, kind: String) -> DefinitionError? {
    let shown = String(String.UnicodeScalarView(name.unicodeScalars.map { isControl($0) ? "?" : $0 }))
    if name.isEmpty { return .emptyName(kind: kind) }
    if name.count > longest { return .longName(kind: kind, characters: name.count) }
    if name.utf8.first == UInt8(ascii: ".") {
      return .badName(kind: kind, name: shown, .leadingDot)
    }
    if name.utf8.contains(UInt8(ascii: "/")) {
      return .badName(kind: kind, name: shown, .slash)
    }
    if name.unicodeScalars.contains(where: isControl) {
      return .badName(kind: kind, name: shown, .controlCharacter)
    }
    return nil
  }

  /// `text` with `_` in place of illegal characters, cut to the maximum length.
  package static func legal(_ text: String) -> String {
    var name = String(
      String.UnicodeScalarView(text.unicodeScalars.map { isControl($0) || $0 == "/" ? "_" : $0 })
    ).prefix(longest).description
    if name.utf8.first == UInt8(ascii: ".") { name = "_" + name.dropFirst() }
    return name.isEmpty ? "_" : name
  }

  /// Maximum length in characters.
  private static let longest = 150

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory == .control
  }
}
