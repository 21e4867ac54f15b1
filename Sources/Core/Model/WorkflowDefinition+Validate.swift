extension WorkflowDefinition {
  /// Refuses whatever is wrong with a definition by itself: nothing of a store, a cluster or a file is needed.
  ///
  /// - Throws: ``RunRefusal`` with `invalid_file`, a sentence for each fault.
  public func validate() throws {
    func refuse(_ why: String) -> RunRefusal { RunRefusal(.invalidFile, why) }
    let names = [(header.tool, "tool"), (header.name, "workflow")] + templates.map { ($0.name, "template") }
    for (name, kind) in names {
      if let fault = DefinitionName.fault(name, kind: kind) { throw refuse(fault) }
    }
    if taskCount == 0 { throw refuse("the workflow '\(header.name)' has no tasks") }
    for template in templates { try template.validate() }
    try validateTexts()
    try validateUniqueness()
    do {
      _ = try TaskGraph(self)
    } catch {
      let shown = error.tasks.prefix(10).map { "'\(tasks.name(Int($0)))'" }
      let more = error.tasks.count > 10 ? " -> … (\(error.tasks.count) tasks)" : ""
      throw refuse(
        "the tasks wait for each other in a circle: " + shown.joined(separator: " -> ") + more + " -> \(shown[0])")
    }
  }

  private func validateTexts() throws {
    if let limit = header.maxConcurrentlyRunning, limit < 0 {
      throw RunRefusal(.invalidFile, "max_concurrently_running is \(limit): it is 0 (a pause) or more")
    }
    for task in 0..<taskCount {
      let name = tasks.name(task)
      if let fault = TaskName.fault(name) { throw RunRefusal(.invalidFile, fault) }
      let template = templates[Int(tasks.template[task])]
      let values = tasks.arguments(task)
      if values.count != template.arguments.count {
        throw RunRefusal(
          .invalidFile,
          "task '\(name)' has \(values.count) argument values; template '\(template.name)' has \(template.arguments.count) arguments")
      }
      for (argument, value) in zip(template.arguments, values) where value.utf8.contains(0) {
        throw RunRefusal(.invalidFile, "task '\(name)': the value of '\(argument)' has a NUL byte in it")
      }
      if values.reduce(0, { $0 + $1.utf8.count }) + template.commandTemplate.utf8.count > 120 * 1024 {
        try validateWords(of: task)
      }
    }
  }

  /// execve takes no word of more than 128 KiB, and such a word can only come from a large argument.
  private func validateWords(of task: Int) throws {
    for word in command(task).split(whereSeparator: { $0 == " " || $0 == "\n" || $0 == "\t" })
    where word.utf8.count > 128 * 1024 {
      throw RunRefusal(
        .invalidFile,
        "task '\(tasks.name(task))': its command has a word of \(word.utf8.count) bytes; Linux allows 131072: pass the text in a file")
    }
  }

  /// A node (template and node_args) may stand in a workflow once.
  private func validateUniqueness() throws {
    var seen: [NodeKey: Int] = [:]
    seen.reserveCapacity(taskCount)
    for task in 0..<taskCount {
      let template = templates[Int(tasks.template[task])]
      let values = tasks.arguments(task)
      let key = NodeKey(template: tasks.template[task], values: Array(values.prefix(template.nodeArgs.count)))
      guard let other = seen.updateValue(task, forKey: key) else { continue }
      let node = zip(template.nodeArgs, key.values).map { "\($0)=\($1)" }.joined(separator: ", ")
      let what = node.isEmpty ? "template '\(template.name)'" : "template '\(template.name)' with \(node)"
      if template.nodeArgs.isEmpty {
        let differing = zip(template.arguments, zip(values, tasks.arguments(other))).first { $1.0 != $1.1 }?.0
        throw RunRefusal(
          .invalidFile,
          "template '\(template.name)' has no node_args, so it has one task in a workflow, and there are several"
            + (differing.map { ": make '\($0)' a node arg" } ?? ""))
      }
      let taskValues = { (index: Int) in
        self.tasks.arguments(index).dropFirst(template.nodeArgs.count).prefix(template.taskArgs.count)
      }
      if Array(taskValues(task)) != Array(taskValues(other)) {
        throw RunRefusal(
          .invalidFile,
          "\(what) is in the workflow twice with different task_args: node_args identify a task, so make what differs a node arg")
      }
      throw RunRefusal(
        .invalidFile, "\(what) is in the workflow twice: '\(tasks.name(other))' and '\(tasks.name(task))'")
    }
  }

  private struct NodeKey: Hashable {
    var template: Int32
    var values: [String]
  }
}

extension TaskTemplate {
  /// Refuses a template whose command and argument roles do not fit together.
  ///
  /// - Throws: ``RunRefusal`` with `invalid_file`.
  public func validate() throws {
    func refuse(_ why: String) -> RunRefusal { RunRefusal(.invalidFile, "template '\(name)': \(why)") }
    if commandTemplate.isEmpty { throw refuse("its command_template is empty") }
    if commandTemplate.utf8.contains(0) { throw refuse("its command_template has a NUL byte in it") }
    if let limit = maxConcurrentlyRunning, limit < 0 {
      throw refuse("max_concurrently_running is \(limit): it is 0 (a pause) or more")
    }
    var roles: [String: String] = [:]
    for argument in arguments {
      guard ArgumentName.isValid(argument) else {
        throw refuse("'\(argument)' is no argument name: letters, digits and _ are, not beginning with a digit")
      }
      if let other = roles.updateValue(argument, forKey: argument.uppercased()) {
        throw refuse(
          other == argument
            ? "argument '\(argument)' has more than one role"
            : "arguments '\(other)' and '\(argument)' differ by case only")
      }
    }
    let used: [String]
    do {
      used = try CommandTemplate(commandTemplate).names
    } catch let refusal as RunRefusal {
      throw refuse(refusal.message)
    }
    if let missing = used.first(where: { !arguments.contains($0) }) {
      throw refuse("'{\(missing)}' stands in the command but in none of node_args, task_args, op_args")
    }
  }
}
