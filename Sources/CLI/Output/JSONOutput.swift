import JobmonCore

/// The JSON that every command prints: rows for a list (``Listing``), otherwise one object.
enum JSONText {
  /// Compact JSON with sorted keys.
  static func line(_ value: JSONValue) -> String { JSONWriter.text(value) }
}

extension OutputChoice {
  /// The output of a command with a single result: an object for programs, or text for people.
  func tell(_ object: @autoclosure () -> [String: JSONValue], or text: @autoclosure () -> StyledText)
    throws(OutputFailure)
  {
    if isJSON {
      try StandardOutput.json(JSONText.line(.object(object())))
    } else {
      try StandardOutput.line(text())
    }
  }

  /// The output of a command that changes something: `{"changed": n}` with further members, or a sentence.
  func tell(changed: Int, _ sentence: String, _ more: [String: JSONValue] = [:]) throws(OutputFailure) {
    try tell(
      more.merging(["changed": JSONValue(changed)]) { $1 }, or: StyledText(lines: sentence))
  }
}
