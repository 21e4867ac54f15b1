import Glibc
import OSText

/// The environment that all commands share, as C strings that live as long as the worker.
struct SharedEnvironment {
  private let all: [UnsafeMutablePointer<CChar>?]
  /// The index of each name.
  private let indices: [String: Int]
  /// Whether a name has that hash. This is enough to tell apart nearly all of a command's own variables.
  private var hashes = [Bool](repeating: false, count: 1024)

  init(_ variables: [String]) {
    all = variables.map { OSText.duplicate($0) }
    indices = Dictionary(
      variables.enumerated().map { (String($1.utf8.prefix { $0 != UInt8(ascii: "=") })!, $0) },
      uniquingKeysWith: { first, _ in first })
    for variable in variables { hashes[Self.hash(variable)] = true }
  }

  /// The shared variables that a command's own variables do not override.
  func strings(under own: [String]) -> [UnsafeMutablePointer<CChar>?] {
    var strings = all
    for variable in own where hashes[Self.hash(variable)] {
      let name = String(variable.utf8.prefix { $0 != UInt8(ascii: "=") })!
      if let index = indices[name] { strings[index] = nil }
    }
    return strings
  }

  /// Whether a `NAME=value` has one of these names.
  static func name(of variable: String, is names: String...) -> Bool {
    names.contains {
      variable.utf8.starts(with: $0.utf8) && variable.utf8.dropFirst($0.utf8.count).first == UInt8(ascii: "=")
    }
  }

  /// FNV-1a of the name, reduced to ten bits.
  private static func hash(_ variable: String) -> Int {
    var hash: UInt32 = 0x811C_9DC5
    for byte in variable.utf8 {
      if byte == UInt8(ascii: "=") { break }
      hash = (hash ^ UInt32(byte)) &* 0x0100_0193
    }
    return Int(hash ^ hash >> 10 ^ hash >> 20) & 1023
  }
}
