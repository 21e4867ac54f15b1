import JobmonFormat

/// What a program may say to a run that it controls: one JSON object a line.
public enum ControlMessage: Hashable, Sendable {
  /// As Ctrl-C.
  case stop
  /// The answer to the question with this id.
  case resolved(id: Int, ResolvedResources)

  /// `{"type": "stop"}`, `{"type": "resolved", "id": 1, "resources": {"memory": "4G"}}`,
  /// `{"type": "resolved", "id": 1, "error": "why"}`; resources are written as in workflow files.
  ///
  /// - Throws: ``RunRefusal`` that says what is wrong with the line.
  public init(line: [UInt8]) throws {
    let node = try line.withUnsafeBufferPointer { try FileNode.parse(line: $0, number: 1, file: "control") }
    let fields = try node.fields(["type", "id", "resources", "error"], of: "a message")
    switch try fields["type"]?.string() {
    case "stop": self = .stop
    case "resolved":
      guard let id = fields["id"] else { throw node.refusal(ControlFault.noID) }
      if let error = fields["error"] {
        self = .resolved(id: try id.integer(), .failed(try error.string()))
      } else if let resources = fields["resources"] {
        self = .resolved(
          id: try id.integer(), .resources(try LevelReader.resources(resources, isStrict: true)))
      } else {
        throw node.refusal(ControlFault.noAnswer)
      }
    case let other:
      throw node.refusal(ControlFault.unknownType(other ?? ""))
    }
  }
}
