import JobmonModel

extension WorkflowDefinition {
  /// Refuses a definition that is invalid by itself, independent of store, cluster and files.
  ///
  /// - Throws: ``RunRefusal`` with `invalid_file` for the first fault.
  public func validate() throws {
    do { try check() } catch let error as DefinitionError { throw RunRefusal(error) }
  }

  private func check() throws {
    let names = [(header.tool, "tool"), (header.name, "workflow")] + templates.map { ($0.name, "template") }
    for (name, kind) in names {
      if let fault = DefinitionName.error(name, kind: kind) { throw fault }
    }
    if taskCount == 0 { throw DefinitionError.noTasks(workflow: header.name) }
    var known: Set<String> = []
    for template in templates {
      try template.check()
      guard known.insert(template.name).inserted else {
        throw DefinitionError.repeatedTemplate(template.name)
      }
    }
    try checkSettings()
    try checkTexts()
    try checkUniqueness()
    try checkUpstreams()
  }

  private func checkSettings() throws {
    if let limit = header.maxConcurrentlyRunning, limit < 0 {
      throw DefinitionError.badSetting(
        owner: "the workflow", key: "max_concurrently_running", value: "\(limit)",
        expected: "0 (pause) or more")
    }
    try header.settings.check(of: "the workflow")
    try header.toolSettings.check(of: "tool '\(header.tool)'")
    for (index, settings) in tasks.settingsList.enumerated() where !settings.isEmpty {
      // Thousands of tasks may share the settings. The first of them is named.
      var owner: String {
        tasks.settings.firstIndex(of: Int32(index)).map { "task '\(tasks.name($0))'" } ?? "a task"
      }
      try settings.check(of: owner)
    }
  }

  private func checkTexts() throws {
    let argumentCounts = templates.map(\.arguments.count)
    for task in 0..<taskCount {
      let index = Int(tasks.template[task])
      let size = try tasks.withTexts(task) { texts in
        guard TaskName.isLegal(utf8: texts[0]) else {
          throw TaskName.error(tasks.name(task)) ?? .emptyTaskName(template: templates[index].name)
        }
        if texts.count - 1 != argumentCounts[index] {
          throw DefinitionError.argumentCount(
            task: tasks.name(task), template: templates[index].name, given: texts.count - 1,
            arguments: templates[index].arguments)
        }
        for argument in 1..<texts.count where texts[argument].contains(0) {
          throw DefinitionError.nulInArgument(
            task: tasks.name(task), argument: templates[index].arguments[argument - 1])
        }
        return texts.size
      }
      let given = tasks.givenCommand(task)
      if let given, given.utf8.contains(0) { throw DefinitionError.nulInCommand(task: tasks.name(task)) }
      // Only a large text can contain a word that exceeds the limit for starting a program.
      let text = given ?? templates[index].commandTemplate
      if size + text.utf8.count > ShellWord.longest / 8 {
        let longest = ShellWord.longest(in: command(task))
        if longest > ShellWord.longest {
          throw DefinitionError.longWord(task: tasks.name(task), bytes: longest)
        }
      }
    }
  }

  private func checkUpstreams() throws {
    let outside = upstreamSets.members.contains { $0 < 0 || Int($0) >= taskCount }
    for task in 0..<taskCount {
      let set = tasks.upstreams[task]
      guard set >= 0, Int(set) < upstreamSets.count,
        !outside || upstreamSets[set].allSatisfy({ $0 >= 0 && Int($0) < taskCount })
      else { throw DefinitionError.upstreamOutside(task: tasks.name(task)) }
    }
    do {
      _ = try TaskGraph(self)
    } catch {
      throw DefinitionError.cycle(error.tasks.map { tasks.name(Int($0)) })
    }
  }
}
