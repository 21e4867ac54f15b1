/// JSON-RPC's error object.
struct WireFault: Error, Hashable, Codable, Sendable {
  var code: Int
  var message: String

  /// Not JSON.
  static let parse = -32700
  /// JSON, but not a message of this protocol.
  static let invalidRequest = -32600
  static let unknownMethod = -32601
  static let invalidParams = -32602
  /// The plugin could not perform the call. The message is for the user.
  static let cannot = -32000
}
