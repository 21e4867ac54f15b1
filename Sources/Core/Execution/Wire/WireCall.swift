import Foundation

/// A line from the host, which is one call.
struct WireCall: Sendable {
  var id: Int
  var request: WireRequest
}

extension WireCall {
  /// The call as a line, including its line end.
  func line() throws -> Data { try WireLine.data(Outgoing(call: self)) }

  /// Decodes a line.
  ///
  /// - Throws: ``WireLineError`` with the id of the call if it could be read.
  init(line: Data) throws(WireLineError) {
    self = try WireLine.decoded(Incoming.self, line).call
  }

  private struct Outgoing: Encodable {
    var call: WireCall

    func encode(to encoder: any Encoder) throws {
      var wire = encoder.container(keyedBy: WireKey.self)
      try wire.put(.jsonrpc, "2.0")
      try wire.put(.id, call.id)
      try wire.put(.method, call.request.method)
      var params = wire.nestedContainer(keyedBy: WireKey.self, forKey: .params)
      try call.request.write(to: &params)
    }
  }

  private struct Incoming: Decodable {
    var call: WireCall

    init(from decoder: any Decoder) throws {
      let wire = try decoder.container(keyedBy: WireKey.self)
      let id: Int = try wire.get(.id)
      do {
        let method: String = try wire.get(.method)
        let params = { try wire.nestedContainer(keyedBy: WireKey.self, forKey: .params) }
        guard let request = try WireRequest(method: method, params: params) else {
          throw WireLineError(
            id: id, WireFault(code: WireFault.unknownMethod, message: "there is no method '\(method)'"))
        }
        call = WireCall(id: id, request: request)
      } catch let error as DecodingError {
        throw WireLineError(id: id, WireFault(code: WireFault.invalidParams, message: error.sentence))
      }
    }
  }
}
