extension TaskTemplate {
  /// The values of all arguments, in the order of ``arguments``, from values by name.
  ///
  /// - Throws: ``RunRefusal`` with `invalid_file`: a name that is no argument, or an argument without a value.
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

  /// What to say of a name that is no argument of the template.
  package func unknownArgument(_ argument: String) -> DefinitionError {
    .unknownArgument(
      template: name, argument, nearest: Suggestion.nearest(to: argument, among: arguments),
      arguments: arguments)
  }

  /// What to say of an argument that is given no value.
  package func missingArgument(_ argument: String) -> DefinitionError {
    .missingArgument(template: name, argument)
  }
}
