/// Why a backend cannot be used.
public struct ExecutorError: Error, CustomStringConvertible, Sendable {
  /// What happened, on what, and what to do: a sentence for the user.
  public var description: String
  /// Makes an error whose text is shown to the user as it is.
  public init(_ description: String) { self.description = description }
}
