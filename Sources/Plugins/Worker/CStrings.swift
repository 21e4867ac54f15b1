/// C strings one after the other in one piece of memory: what a spawn needs, at the cost of one allocation.
struct CStrings {
  private var bytes: [CChar] = []
  private var starts: [Int] = []

  init() {
    bytes.reserveCapacity(2048)
    starts.reserveCapacity(32)
  }

  var count: Int { starts.count }

  /// Adds a string and returns its place.
  @discardableResult
  mutating func add(_ text: String) -> Int {
    starts.append(bytes.count)
    var text = text
    text.withUTF8 { utf8 in
      utf8.withMemoryRebound(to: CChar.self) { bytes.append(contentsOf: $0) }
    }
    bytes.append(0)
    return starts.count - 1
  }

  /// Calls `body` with the addresses of the strings, which hold until it returns.
  mutating func withPointers<Result, Failure: Error>(
    _ body: ([UnsafeMutablePointer<CChar>?]) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let starts = starts
    return try bytes.withUnsafeMutableBufferPointer { (buffer) throws(Failure) -> Result in
      try body(starts.map { buffer.baseAddress! + $0 })
    }
  }
}
