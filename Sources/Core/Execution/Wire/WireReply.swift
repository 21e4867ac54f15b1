import Foundation

/// A line from a plugin: a response to a call, or a notice.
enum WireReply: Sendable {
  case done(id: Int)
  case failed(id: Int, WireFault)
  case notice(WireNotice)
}

extension WireReply {
  func line() throws -> Data { try WireLine.data(Outgoing(reply: self)) }

  init(line: Data) throws(WireLineError) {
    self = try WireLine.decoded(Incoming.self, line).reply
  }

  private struct Outgoing: Encodable {
    var reply: WireReply

    func encode(to encoder: any Encoder) throws {
      var wire = encoder.container(keyedBy: WireKey.self)
      try wire.put(.jsonrpc, "2.0")
      switch reply {
      case .done(let id):
        try wire.put(.id, id)
        _ = wire.nestedContainer(keyedBy: WireKey.self, forKey: .result)
      case .failed(let id, let fault):
        try wire.put(.id, id)
        try wire.put(.error, fault)
      case .notice(let notice):
        try wire.put(.method, notice.method)
        var params = wire.nestedContainer(keyedBy: WireKey.self, forKey: .params)
        try notice.write(to: &params)
      }
    }
  }

  private struct Incoming: Decodable {
    var reply: WireReply

    init(from decoder: any Decoder) throws {
      let wire = try decoder.container(keyedBy: WireKey.self)
      if let method: String = try wire.find(.method) {
        let params = { try wire.nestedContainer(keyedBy: WireKey.self, forKey: .params) }
        let found: WireNotice?
        do { found = try WireNotice(method: method, params: params) } catch let error as DecodingError {
          throw WireLineError(
            id: nil, WireFault(code: WireFault.invalidParams, message: error.sentence), notice: method)
        }
        guard let found else {
          throw WireLineError(
            id: nil, WireFault(code: WireFault.unknownMethod, message: "there is no notice '\(method)'"))
        }
        reply = .notice(found)
      } else if let fault: WireFault = try wire.find(.error) {
        reply = .failed(id: try wire.get(.id), fault)
      } else {
        guard wire.contains(.result) else {
          throw wire.wrong(.method, "is missing, and so are result and error")
        }
        reply = .done(id: try wire.get(.id))
      }
    }
  }
}
