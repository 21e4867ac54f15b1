import JobmonModel

/// Keeps the first of several refusals. A run would end with it; here the later checks are still made.
struct FirstRefusal {
  private(set) var refusal: RunRefusal?

  /// - Returns: nil if `body` was refused.
  /// - Throws: any other error.
  mutating func catching<Value>(_ body: () throws -> Value) throws -> Value? {
    do { return try body() } catch let error as RunRefusal {
      refusal = refusal ?? error
    } catch let reason as any RefusalReason {
      refusal = refusal ?? RunRefusal(reason)
    }
    return nil
  }
}
