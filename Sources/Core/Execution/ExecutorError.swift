/// Why a backend cannot be used.
public struct ExecutorError: Error, CustomStringConvertible, Sendable {
  /// What happened, to what, and what to do: a sentence for the user.
  public var description: String
  /// Creates an error. Its text is shown to the user without changes.
  public init(_ description: String) { self.description = description }
}
