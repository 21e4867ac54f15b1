import Foundation

enum WireLine {
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
      throw WireLineError(id: nil, WireFault(code: WireFault.parse, message: "not valid JSON"))
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
      if keys.isEmpty { return "the message" }
      return keys.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
    }
    return switch self {
    case .keyNotFound(let key, let context): "\(keyPath(context.codingPath, key)) is missing"
    case .valueNotFound(_, let context): "\(keyPath(context.codingPath)) is null"
    case .typeMismatch(let type, let context): "\(keyPath(context.codingPath)) must be \(Self.jsonType(type))"
    case .dataCorrupted(let context): "\(keyPath(context.codingPath)): \(context.debugDescription)"
    @unknown default: "\(self)"
    }
  }

  /// The JSON type from which a Swift type is decoded.
  private static func jsonType(_ type: Any.Type) -> String {
    switch type {
    case is String.Type: "a string"
    case is Bool.Type: "true or false"
    case is any BinaryInteger.Type: "a whole number"
    case is any BinaryFloatingPoint.Type: "a number"
    case is [Any].Type: "a list"
    default: "an object"
    }
  }
}
