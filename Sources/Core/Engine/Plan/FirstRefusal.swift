import JobmonModel

/// Keeps the first of several refusals: the one that a run would end with. What comes after it is found out all the same.
struct FirstRefusal {
  private(set) var refusal: RunRefusal?

  /// - Returns: nil where `body` was refused.
  /// - Throws: what is no refusal.
  mutating func catching<Value>(_ body: () throws -> Value) throws -> Value? {
    do { return try body() } catch let error as RunRefusal {
      refusal = refusal ?? error
    } catch let reason as any RefusalReason {
      refusal = refusal ?? RunRefusal(reason)
    }
    return nil
  }
}
