import JobmonCore

/// JSON as every command prints it: lists are rows (``Listing``), and everything else is one object.
enum JSONText {
  /// Compact JSON with sorted keys.
  static func line(_ value: JSONValue) -> String { JSONWriter.text(value) }
}

extension OutputChoice {
  /// What a command prints that has one thing to tell: an object for programs, or text for people.
  func tell(_ object: @autoclosure () -> [String: JSONValue], or text: @autoclosure () -> StyledText)
    throws(OutputFailure)
  {
    if isJSON {
      try StandardOutput.json(JSONText.line(.object(object())))
    } else {
      try StandardOutput.line(text())
    }
  }

  /// What a command that changes something prints: `{"changed": n}` and more, or a sentence.
  func tell(changed: Int, _ sentence: String, _ more: [String: JSONValue] = [:]) throws(OutputFailure) {
    try tell(
      more.merging(["changed": JSONValue(changed)]) { $1 }, or: StyledText(lines: sentence))
  }
}
