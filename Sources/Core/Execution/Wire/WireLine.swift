import Foundation

/// A line from the host: one call.
struct WireCall: Sendable {
  var id: Int
  var request: WireRequest
}

/// A line from a plugin: an answer to a call, or a notice.
enum WireReply: Sendable {
  case done(id: Int)
  case failed(id: Int, WireFault)
  case notice(WireNotice)
}

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

extension WireCall {
  /// As a line, with its end.
  func line() throws -> Data { try WireLine.data(Outgoing(call: self)) }

  /// - Throws: ``WireFault`` with the id of the call, where that could be read.
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

/// What is wrong with a line, and the call it would have been.
struct WireLineError: Error, Sendable {
  var id: Int?
  var fault: WireFault
  /// The method of a notice that makes no sense.
  var notice: String?

  init(id: Int?, _ fault: WireFault, notice: String? = nil) {
    self.id = id
    self.fault = fault
    self.notice = notice
  }
}

private enum WireLine {
  static func data(_ message: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    var data = try encoder.encode(message)
    data.append(UInt8(ascii: "\n"))
    return data
  }

  static func decoded<Message: Decodable>(_ type: Message.Type, _ line: Data) throws(WireLineError) -> Message
  {
    do {
      return try JSONDecoder().decode(type, from: line)
    } catch let error as WireLineError {
      throw error
    } catch DecodingError.dataCorrupted(let context) where context.codingPath.isEmpty {
      throw WireLineError(id: nil, WireFault(code: WireFault.parse, message: "no JSON"))
    } catch let error as DecodingError {
      throw WireLineError(id: nil, WireFault(code: WireFault.invalidRequest, message: error.sentence))
    } catch {
      throw WireLineError(id: nil, WireFault(code: WireFault.parse, message: "\(error)"))
    }
  }
}

extension DecodingError {
  /// What is wrong, and where in the message.
  var sentence: String {
    func keyPath(_ path: [any CodingKey], _ key: (any CodingKey)? = nil) -> String {
      let keys = path + [key].compactMap { $0 }
      return keys.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
    }
    return switch self {
    case .keyNotFound(let key, let context): "\(keyPath(context.codingPath, key)) is missing"
    case .valueNotFound(_, let context): "\(keyPath(context.codingPath)) is null"
    case .typeMismatch(let type, let context): "\(keyPath(context.codingPath)) is no \(type)"
    case .dataCorrupted(let context): "\(keyPath(context.codingPath)): \(context.debugDescription)"
    @unknown default: "\(self)"
    }
  }
}
