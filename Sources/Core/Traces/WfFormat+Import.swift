import JobmonModel

extension WfFormat {
  /// The commands of the tasks of an imported instance.
  public enum Commands: String, CaseIterable, Sendable {
    /// `sleep` for the recorded run time.
    case sleep
    /// The recorded command; `sleep` if there is none.
    case real
  }

  /// Attributes read by the simulated cluster.
  private static let runtimeAttribute = "simulated_runtime"
  private static let memoryAttribute = "simulated_peak_memory"

  /// Converts the instance to a workflow. Each kind of task becomes a template. The recorded data become attributes for
  /// the simulated cluster.
  ///
  /// - Parameters:
  ///   - scale: factor for the run times.
  ///   - workflowArgs: nil: the instance's name and time.
  /// - Throws: ``RunRefusal`` with `invalid_file`.
  public func definition(commands: Commands, scale: Double, workflowArgs: String?, path: String) throws
    -> WorkflowDefinition
  {
    guard let tasks = workflow.specification?.tasks ?? workflow.tasks ?? workflow.jobs, !tasks.isEmpty else {
      throw RunRefusal(TraceFault.noTasks(path: path))
    }
    var indexOfID: [ExactText: TaskIndex] = [:]
    for (index, task) in tasks.enumerated() {
      let id = task.id ?? task.name
      guard indexOfID.updateValue(TaskIndex(index), forKey: ExactText(id)) == nil else {
        throw RunRefusal(TraceFault.repeatedTask(id, path: path))
      }
    }
    let went = Dictionary(
      (workflow.execution?.tasks ?? []).map { (ExactText($0.id), $0) },
      uniquingKeysWith: { first, _ in first })
    var templates: [TaskTemplate] = []
    var templateIndices: [String: Int] = [:]
    var definition = WorkflowDefinition(
      header: WorkflowHeader(
        tool: "wfformat", name: DefinitionName.legal(name), description: description,
        workflowArgs: workflowArgs ?? [name, createdAt].compactMap { $0 }.joined(separator: " ")),
      templates: [])
    definition.tasks.reserveCapacity(tasks.count)
    let upstreams = try self.upstreams(tasks, indexOfID, path: path)
    for (index, task) in tasks.enumerated() {
      let id = task.id ?? task.name
      let went = went[ExactText(id)]
      let seconds = max(0, went?.runtimeInSeconds ?? task.runtimeInSeconds ?? task.runtime ?? 0) * scale
      let kind = Self.kind(went?.category ?? task.category ?? task.name)
      let template = templateIndices[kind] ?? templates.count
      if template == templates.count {
        templateIndices[kind] = template
        templates.append(
          TaskTemplate(
            name: kind, commandTemplate: "{command} # {id:q}", nodeArgs: ["id"], opArgs: ["command"]))
      }
      let recorded = went?.command ?? task.command
      let command =
        commands == .real && recorded?.program != nil
        ? ([recorded!.program!] + (recorded!.arguments ?? [])).map(ShellWord.quoted).joined(separator: " ")
        : "sleep \(Self.text(seconds))"
      var attributes = [Self.runtimeAttribute: Self.text(seconds)]
      if let memory = went?.memoryInBytes ?? task.memoryInBytes, memory >= 1, memory < 1e18 {
        attributes[Self.memoryAttribute] = "\(Int64(nearest: memory))B"
      }
      var settings = TaskSettings()
      if let cores = went?.coreCount ?? task.cores, cores > 1, cores < 1e6 {
        settings.computeResources[TaskSettings.anyCluster] = ComputeResources(
          cores: Int(cores.rounded(.up)))
      }
      definition.tasks.append(
        template: template, name: TaskName.legal(id), arguments: [id, command],
        upstreams: definition.upstreamSets.insert(upstreams[index]), settings: settings,
        attributes: attributes)
    }
    definition.templates = templates
    return definition
  }

  /// The upstream tasks of each task. Instances list parents, children, or both.
  private func upstreams(_ tasks: [Task], _ indexOfID: [ExactText: TaskIndex], path: String) throws
    -> [[TaskIndex]]
  {
    var upstreams = [Set<TaskIndex>](repeating: [], count: tasks.count)
    for (index, task) in tasks.enumerated() {
      func find(_ id: String, _ role: TraceFault.Role) throws -> TaskIndex {
        if let found = indexOfID[ExactText(id)] { return found }
        let nearest =
          indexOfID.count < 10_000 ? Suggestion.nearest(to: id, among: indexOfID.keys.map(\.text)) : nil
        throw RunRefusal(
          TraceFault.unknownTask(id, role: role, of: task.id ?? task.name, nearest: nearest, path: path))
      }
      for parent in task.parents ?? [] { upstreams[index].insert(try find(parent, .parent)) }
      for child in task.children ?? [] {
        upstreams[Int(try find(child, .child))].insert(TaskIndex(index))
      }
    }
    return upstreams.map { $0.sorted() }
  }

  /// `mDiffFit` for `mDiffFit_ID0000012`, `mDiffFit_00000012` and `mDiffFit`.
  private static func kind(_ name: String) -> String {
    let stem = name.replacing(/[_\-.]?(ID)?[0-9]{3,}$/, with: "")
    return DefinitionName.legal(stem.isEmpty ? name : stem)
  }

  /// Seconds in the format that `sleep` and the simulated cluster accept.
  private static func text(_ seconds: Double) -> String {
    let milliseconds = Int64(nearest: min(seconds, 1e12) * 1000)
    let rest = milliseconds % 1000
    return rest == 0 ? "\(milliseconds / 1000)" : "\(milliseconds / 1000).\(String(rest + 1000).dropFirst())"
  }
}
