/// JSON-RPC's error object.
struct WireFault: Error, Hashable, Codable, Sendable {
  var code: Int
  var message: String

  /// No JSON.
  static let parse = -32700
  /// JSON, and no message of this protocol.
  static let invalidRequest = -32600
  static let unknownMethod = -32601
  static let invalidParams = -32602
  /// The plugin could not do it; the message is for the user.
  static let cannot = -32000
}
