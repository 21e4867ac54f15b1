extension TaskTemplate {
  /// The command with these values, in the order of ``arguments``.
  public func render(_ values: [String]) -> String { commandTemplate }
}
