/// Adapts a shape to JSON coders.
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
