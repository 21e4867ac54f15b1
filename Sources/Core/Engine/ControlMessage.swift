import JobmonFormat

/// A message from the program that controls a run: one JSON object per line.
public enum ControlMessage: Hashable, Sendable {
  /// Stop as after Ctrl-C.
  case stop
  /// The answer to the question with this id.
  case resolved(id: Int, ResolvedResources)

  /// Parses `{"type": "stop"}`, `{"type": "resolved", "id": 1, "resources": {"memory": "4G"}}` or
  /// `{"type": "resolved", "id": 1, "error": "why"}`. Resources are written as in workflow files.
  ///
  /// - Throws: ``RunRefusal`` with the fault of the line.
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
