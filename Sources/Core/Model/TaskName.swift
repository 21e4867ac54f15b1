/// Names of tasks, which are used in file names.
public enum TaskName {
  /// Maximum length in bytes. File names may have 255, and the suffix needs some of them.
  public static let longest = 249

  /// The name of a task that has no name: `<template>_<argument>-<value>_…`.
  public static func standard(template: String, arguments: [String], values: [String]) -> String {
    var name = template
    for (argument, value) in zip(arguments, values) {
      name += "_"
      name += argument
      name += "-"
      name += value
    }
    return legal(name)
  }

  /// `text` with `_` in place of illegal characters, cut to the maximum length.
  public static func legal(_ text: String) -> String {
    if isLegal(text) { return text }
    var name = ""
    var length = 0
    for scalar in text.unicodeScalars {
      let next = isLegal(scalar) ? scalar : "_"
      length += UTF8.width(next)
      if length > longest { break }
      name.unicodeScalars.append(next)
    }
    return name.isEmpty ? "_" : name
  }

  /// Why a name given by a user is not valid; nil if it is.
  public static func fault(_ name: String) -> String? { givenFault(name)?.description }

  /// The same as ``fault(_:)``, as an error with its facts.
  package static func givenFault(_ name: String) -> DefinitionError? {
    name.isEmpty ? .namelessTask : error(name)
  }

  /// The same, but an empty name is accepted.
  package static func error(_ name: String) -> DefinitionError? {
    if let bad = name.unicodeScalars.first(where: { !isLegal($0) }) {
      return .badTaskName(name, character: bad.escaped(asASCII: false))
    }
    return name.utf8.count > longest ? .longTaskName(name) : nil
  }

  static func isLegal(_ name: String) -> Bool {
    var name = name
    return name.withUTF8 { isLegal(utf8: $0) }
  }

  /// Whether these bytes are a valid name without changes.
  package static func isLegal(utf8 name: UnsafeBufferPointer<UInt8>) -> Bool {
    if name.isEmpty || name.count > longest { return false }
    var isASCII = true
    for byte in name {
      switch byte {
      case 0...0x20, 0x7F, UInt8(ascii: "/"), UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""):
        return false
      case 0x80...: isASCII = false
      default: break
      }
    }
    return isASCII || String(decoding: name, as: UTF8.self).unicodeScalars.allSatisfy(isLegal)
  }

  private static func isLegal(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "/", "\\", "'", "\"": false
    default: !scalar.properties.isWhitespace && scalar.properties.generalCategory != .control
    }
  }
}
