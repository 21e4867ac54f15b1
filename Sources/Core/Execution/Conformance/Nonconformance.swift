/// A rule that was found not to be kept.
struct Nonconformance: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}
