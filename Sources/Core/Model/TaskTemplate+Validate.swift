extension TaskTemplate {
  /// Refuses a template whose command and argument roles are inconsistent.
  ///
  /// - Throws: ``RunRefusal`` with `invalid_file`.
  public func validate() throws {
    do { try check() } catch let error as DefinitionError { throw RunRefusal(error) }
  }

  package func check() throws {
    func error(_ fault: DefinitionError.RoleFault) -> DefinitionError { .inTemplate(name, fault) }
    if commandTemplate.isEmpty { throw error(.emptyCommand) }
    if commandTemplate.utf8.contains(0) { throw error(.nulInCommand) }
    if let limit = maxConcurrentlyRunning, limit < 0 { throw error(.negativeLimit(limit)) }
    try checkRoles()
    let used: [String]
    do throws(DefinitionError) {
      used = try CommandTemplate(commandTemplate).names
    } catch {
      guard case .commandTemplate(let text, let fault) = error else { throw error }
      throw DefinitionError.inTemplate(name, .command(text, fault))
    }
    if let missing = used.first(where: { !arguments.contains($0) }) {
      throw error(.undeclared(missing, nearest: Suggestion.nearest(to: missing, among: arguments)))
    }
    try checkExitCodes()
    try settings.check(of: "template '\(name)'")
  }

  private func checkRoles() throws {
    var roles: [String: (argument: String, role: String)] = [:]
    for (role, names) in [("node_args", nodeArgs), ("task_args", taskArgs), ("op_args", opArgs)] {
      for argument in names {
        guard ArgumentName.isValid(argument) else {
          throw DefinitionError.inTemplate(name, .badArgumentName(argument))
        }
        guard let other = roles.updateValue((argument, role), forKey: argument.uppercased()) else { continue }
        let fault: DefinitionError.RoleFault =
          if other.argument != argument {
            .differingByCase(other.argument, argument)
          } else if other.role == role {
            .repeated(argument, role: role)
          } else {
            .twoRoles(argument, other.role, role)
          }
        throw DefinitionError.inTemplate(name, fault)
      }
    }
  }

  private func checkExitCodes() throws {
    for (key, codes) in [
      ("retry_exit_codes", retryExitCodes ?? []), ("no_retry_exit_codes", noRetryExitCodes),
    ] {
      if let bad = codes.first(where: { !(1...255).contains($0) }) {
        throw DefinitionError.badSetting(
          owner: "template '\(name)'", key: key, value: "\(bad)", expected: "exit codes from 1 to 255")
      }
    }
  }
}

extension TaskSettings {
  /// Checks that the settings are in range.
  ///
  /// - Parameter owner: the level of the settings, as in `task 'x'`; evaluated only for an error.
  package func check(of owner: @autoclosure () -> String) throws {
    func require(_ holds: Bool, _ key: String, _ value: Any, _ expected: String) throws {
      if !holds {
        throw DefinitionError.badSetting(owner: owner(), key: key, value: "\(value)", expected: expected)
      }
    }
    if let maxAttempts { try require(maxAttempts >= 1, "max_attempts", maxAttempts, "1 or more") }
    if let priority {
      let range = ResolvedSettings.priorities
      try require(
        range.contains(priority), "priority", priority, "from \(range.lowerBound) to \(range.upperBound)")
    }
    for (_, resources) in computeResources.sorted(by: { $0.key < $1.key }) {
      if let cores = resources.cores { try require(cores >= 1, "cores", cores, "1 or more") }
      if let memory = resources.memory { try require(memory >= 1, "memory", memory, "1 byte or more") }
      if let runtime = resources.runtime { try require(runtime >= 1, "runtime", runtime, "1 second or more") }
    }
    for (_, scales) in resourceScales.sorted(by: { $0.key < $1.key }) {
      for resource in ScalableResource.allCases {
        let key = "the scale of \(resource.rawValue)"
        switch scales[resource] {
        case .factor(let factor): try require(factor >= 0 && factor.isFinite, key, factor, "0 or more")
        case .list(let list):
          try require(!list.isEmpty && list.allSatisfy { $0 >= 1 }, key, list, "a list of requests above 0")
        case .callback(let name): try require(!name.isEmpty, key, name, "the name of a callback")
        case nil: break
        }
      }
    }
  }
}
