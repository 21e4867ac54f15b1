/// A violation of a rule.
struct Nonconformance: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}
