extension TaskTemplate {
  /// The values of all arguments, in the order of ``arguments``, from values by name.
  ///
  /// - Throws: ``RunRefusal`` with `invalid_file` for a name that is not an argument, or an argument without a value.
  package func values(of given: [String: String]) throws -> [String] {
    let arguments = arguments
    if let unknown = given.keys.filter({ !arguments.contains($0) }).min() {
      throw RunRefusal(unknownArgument(unknown))
    }
    return try arguments.map { argument in
      guard let value = given[argument] else { throw RunRefusal(missingArgument(argument)) }
      return value
    }
  }

  /// The error for a name that is not an argument of the template.
  package func unknownArgument(_ argument: String) -> DefinitionError {
    .unknownArgument(
      template: name, argument, nearest: Suggestion.nearest(to: argument, among: arguments),
      arguments: arguments)
  }

  /// The error for an argument without a value.
  package func missingArgument(_ argument: String) -> DefinitionError {
    .missingArgument(template: name, argument)
  }
}
