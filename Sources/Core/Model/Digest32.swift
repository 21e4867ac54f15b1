/// A SHA-256 value.
public struct Digest32: Hashable, Codable, Sendable {
  /// 32 bytes.
  public var bytes: [UInt8]
  /// A digest from its 32 bytes; their number is not checked.
  public init(bytes: [UInt8]) { self.bytes = bytes }
  /// Lower-case hexadecimal.
  public var hex: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
