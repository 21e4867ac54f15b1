import JobmonModel

typealias WireReader = KeyedDecodingContainer<WireKey>
typealias WireWriter = KeyedEncodingContainer<WireKey>

/// A type with a hand-written form in messages, which does not change if the type changes.
protocol WireShape {
  init(wire: WireReader) throws
  func write(to wire: inout WireWriter) throws
}

extension WireReader {
  func shape<Value: WireShape>(_ key: WireKey) throws -> Value {
    try decode(Wire<Value>.self, forKey: key).value
  }

  func shapeIfPresent<Value: WireShape>(_ key: WireKey) throws -> Value? {
    try decodeIfPresent(Wire<Value>.self, forKey: key)?.value
  }

  func shapes<Value: WireShape>(_ key: WireKey) throws -> [Value] {
    try decode([Wire<Value>].self, forKey: key).map(\.value)
  }

  func get<Value: Decodable>(_ key: WireKey) throws -> Value { try decode(Value.self, forKey: key) }

  func find<Value: Decodable>(_ key: WireKey) throws -> Value? {
    try decodeIfPresent(Value.self, forKey: key)
  }

  func time(_ key: WireKey) throws -> Timestamp? {
    guard let text: String = try find(key) else { return nil }
    guard let time = Timestamp(iso8601: text) else {
      throw wrong(key, "is not a time in UTC, such as 2026-01-31T08:15:00.250Z")
    }
    return time
  }

  /// A value of an enum, from its word.
  func word<Value>(_ key: WireKey, _ words: [String: Value]) throws -> Value {
    let text: String = try get(key)
    guard let value = words[text] else {
      throw wrong(key, "is '\(text)'; it must be one of \(words.keys.sorted().joined(separator: ", "))")
    }
    return value
  }

  func wrong(_ key: WireKey, _ what: String) -> DecodingError {
    .dataCorruptedError(forKey: key, in: self, debugDescription: "\(key.rawValue) \(what)")
  }
}

extension WireWriter {
  mutating func put(_ key: WireKey, _ value: some WireShape) throws { try encode(Wire(value), forKey: key) }

  mutating func put<Value: WireShape>(_ key: WireKey, _ values: [Value]) throws {
    try encode(values.map { Wire($0) }, forKey: key)
  }

  mutating func put(_ key: WireKey, _ value: (some Encodable)?) throws {
    try encodeIfPresent(value, forKey: key)
  }

  mutating func put(_ key: WireKey, _ time: Timestamp?) throws {
    try encodeIfPresent(time?.iso8601, forKey: key)
  }
}
