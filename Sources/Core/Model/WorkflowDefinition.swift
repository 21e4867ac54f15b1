/// A workflow in the compact form that binding writes, loading reads and the engine runs: columns, not objects.
public struct WorkflowDefinition: Workflow, Sendable {
  /// Who the workflow is, and its settings.
  public var header: WorkflowHeader
  /// The templates of the tasks; ``TaskTable/template`` has indices into it.
  public var templates: [TaskTemplate]
  /// The sets that ``TaskTable/upstreams`` names.
  public var upstreamSets = UpstreamSets()
  /// The tasks, column by column; a task's index is its ``TaskIndex``.
  public var tasks = TaskTable()

  /// A definition without tasks. Nothing is checked until it is validated.
  public init(header: WorkflowHeader, templates: [TaskTemplate]) {
    self.header = header
    self.templates = templates
  }

  /// Each task takes a few hundred bytes of memory.
  public static let mostTasks = 50_000_000

  /// How many tasks there are; at most ``mostTasks`` in a workflow file.
  public var taskCount: Int { tasks.count }

  /// Calls `body` with each task, in order of index; rethrows what that throws.
  public func forEachTask(_ body: (any WorkflowTask) throws -> Void) throws {
    for index in 0..<tasks.count { try body(DefinedTask(definition: self, index: index)) }
  }

  /// The command of the task at `index`: the one that was given, or its template with its arguments put in.
  public func command(_ index: Int) -> String {
    if let given = tasks.givenCommand(index) { return given }
    let template = templates[Int(tasks.template[index])]
    return template.render(tasks.arguments(index))
  }

  /// The settings of the task at `index`, level by level, most specific first.
  public func levels(_ index: Int) -> [TaskSettings] {
    [
      tasks.settingsList[Int(tasks.settings[index])], templates[Int(tasks.template[index])].settings,
      header.settings, header.toolSettings,
    ]
  }
}

/// One row of a ``WorkflowDefinition``.
public struct DefinedTask: WorkflowTask, Sendable {
  let definition: WorkflowDefinition
  let index: Int

  /// Index of the task's template in ``WorkflowDefinition/templates``.
  public var template: Int { Int(definition.tasks.template[index]) }
  /// The task's name, which need not be unique.
  public var name: String { definition.tasks.name(index) }
  /// The argument values, in the order of ``TaskTemplate/arguments``.
  public var arguments: [String] { definition.tasks.arguments(index) }
  /// The command that was given for the task, or its template with the arguments put in.
  public var command: String { definition.command(index) }
  /// What has to be DONE first: a set of ``WorkflowDefinition/upstreamSets``.
  public var upstreams: UpstreamSets.ID { definition.tasks.upstreams[index] }
  /// What the task itself, or its entry in a file, says.
  public var settings: TaskSettings { definition.tasks.settingsList[Int(definition.tasks.settings[index])] }
  /// Text that a person attaches to the task; empty where there is none.
  public var attributes: [String: String] { definition.tasks.attributes[index] ?? [:] }
}

extension WorkflowDefinition {
  /// Pours any workflow into the compact form.
  public init(_ workflow: some Workflow) throws {
    if let ready = workflow as? WorkflowDefinition {
      self = ready
      return
    }
    self.init(header: workflow.header, templates: workflow.templates)
    upstreamSets = try workflow.upstreamSets
    tasks.reserveCapacity(workflow.taskCount)
    try workflow.forEachTask { task in
      let rendered = templates[task.template].render(task.arguments)
      let command = task.command
      tasks.append(
        template: task.template, name: task.name, arguments: task.arguments, upstreams: task.upstreams,
        settings: task.settings, attributes: task.attributes, command: command == rendered ? nil : command)
    }
  }
}
