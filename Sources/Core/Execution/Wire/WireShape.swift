import JobmonModel

/// The keys of all messages, as docs/plugin-protocol.md has them.
enum WireKey: String, CodingKey {
  case jsonrpc, id, method, params, result, error, code, message, data
  case min, max, cluster, options, run, environment, attempt
  case protocolVersions = "protocol"
  case tokenPrefix = "token_prefix"
  case workingDirectory = "working_directory"
  case killGrace = "kill_grace"
  case restarts
  case requests, instances, batches, mode, call, verdicts
  case token, template, resources, tasks, index, instance, name, command, node, attributes, waits, places
  case stdout, stderr, cores, memory, runtime, queue, project, constraints, other, cancel, handle
  case health, state, why, queues, capabilities, placement, nodes, by, type, description
  case resourceKeys = "resource_keys"
  case maxBatch = "max_batch"
  case maxOutstanding = "max_outstanding"
  case maxCores = "max_cores"
  case maxMemory = "max_memory"
  case maxRuntime = "max_runtime"
  case isDefault = "default"
  case outlivesDriver = "outlives_driver"
  case verdict, after, more, at, reason, outcome, usage, level, text, permanent
  case logDiskFull = "log_disk_full"
  case cause, signal, started, ended, wall, cpu
  case peakMemory = "peak_memory"
}

typealias WireReader = KeyedDecodingContainer<WireKey>
typealias WireWriter = KeyedEncodingContainer<WireKey>

/// What has a form of its own in messages, written out by hand: it stays as it is when a type is changed.
protocol WireShape {
  init(wire: WireReader) throws
  func write(to wire: inout WireWriter) throws
}

/// A shape as JSON coders want it.
struct Wire<Value: WireShape>: Codable {
  var value: Value

  init(_ value: Value) { self.value = value }

  init(from decoder: any Decoder) throws {
    value = try Value(wire: decoder.container(keyedBy: WireKey.self))
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: WireKey.self)
    try value.write(to: &container)
  }
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
      throw wrong(key, "is no time in UTC such as 2026-01-31T08:15:00.250Z")
    }
    return time
  }

  /// One of the words of an enum.
  func word<Value>(_ key: WireKey, _ words: [String: Value]) throws -> Value {
    let text: String = try get(key)
    guard let value = words[text] else {
      throw wrong(key, "is '\(text)'; it is one of \(words.keys.sorted().joined(separator: ", "))")
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
