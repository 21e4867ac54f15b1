extension TaskTemplate {
  /// The values of all arguments, in the order of ``arguments``, from values by name.
  ///
  /// - Throws: ``RunRefusal`` with `invalid_file`: a name that is no argument, or an argument without a value.
  package func values(of given: [String: String]) throws -> [String] {
    let arguments = arguments
    if let unknown = given.keys.filter({ !arguments.contains($0) }).min() {
      throw RunRefusal(.invalidFile, unknownArgument(unknown))
    }
    return try arguments.map { argument in
      guard let value = given[argument] else { throw RunRefusal(.invalidFile, missingArgument(argument)) }
      return value
    }
  }

  /// What to say of a name that is no argument of the template.
  package func unknownArgument(_ argument: String) -> String {
    let hint =
      if let nearest = Suggestion.nearest(to: argument, among: arguments) {
        "did you mean '\(nearest)'?"
      } else {
        arguments.isEmpty ? "it has none" : "it has \(arguments.joined(separator: ", "))"
      }
    return "template '\(name)' has no argument '\(argument)'; \(hint)"
  }

  /// What to say of an argument that is given no value.
  package func missingArgument(_ argument: String) -> String {
    "the argument '\(argument)' of template '\(name)' has no value"
  }
}
