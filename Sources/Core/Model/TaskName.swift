/// Names of tasks, which become names of files.
public enum TaskName {
  /// In bytes; file names may have 255, of which the suffix needs a few.
  public static let longest = 249

  /// The name of a task that was given none: `<template>_<argument>-<value>_…`.
  public static func standard(template: String, arguments: [String], values: [String]) -> String {
    let parts = zip(arguments, values).map { "\($0)-\($1)" }
    return legal(([template] + parts).joined(separator: "_"))
  }

  /// `text` with illegal characters as `_`, cut to the longest.
  public static func legal(_ text: String) -> String {
    var name = String(text.unicodeScalars.map { isLegal($0) ? Character($0) : "_" })
    if name.utf8.count > longest {
      while name.utf8.count > longest { name.removeLast() }
    }
    return name.isEmpty ? "_" : name
  }

  /// Why a name that somebody gave cannot be used; nil if it can.
  public static func fault(_ name: String) -> String? {
    if name.isEmpty { return "a task's name may not be empty" }
    if let bad = name.unicodeScalars.first(where: { !isLegal($0) }) {
      return "the task name '\(name)' has '\(bad.escaped(asASCII: false))' in it; blanks and / \\ ' \" are not allowed"
    }
    return nil
  }

  private static func isLegal(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "/", "\\", "'", "\"": false
    default: !scalar.properties.isWhitespace && scalar.value >= 0x20 && scalar.value != 0x7F
    }
  }
}

/// Names of workflows, tools and templates.
public enum DefinitionName {
  /// Why `name` cannot be the name of a `kind`; nil if it can. 1-150 characters, no control characters, no `/`, no
  /// leading dot.
  public static func fault(_ name: String, kind: String) -> String? {
    if name.isEmpty { return "the \(kind) has an empty name" }
    if name.count > 150 { return "the name of the \(kind) has \(name.count) characters; 150 are allowed" }
    if name.hasPrefix(".") { return "the name of the \(kind) '\(name)' begins with a dot" }
    if name.contains("/") { return "the name of the \(kind) '\(name)' has a / in it" }
    if name.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
      return "the name of the \(kind) has a control character in it"
    }
    return nil
  }
}
