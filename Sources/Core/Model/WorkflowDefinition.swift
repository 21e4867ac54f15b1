/// A workflow in the compact, columnar form that is stored, loaded and run by the engine.
public struct WorkflowDefinition: Workflow, Sendable {
  /// The workflow's identifying fields and settings.
  public var header: WorkflowHeader
  /// The templates of the tasks. ``TaskTable/template`` contains indices into it.
  public var templates: [TaskTemplate]
  /// The sets to which ``TaskTable/upstreams`` refers.
  public var upstreamSets = UpstreamSets()
  /// The tasks, in columns. A task's index is its ``TaskIndex``.
  public var tasks = TaskTable()

  /// Creates a definition without tasks. It is not checked before it is validated.
  public init(header: WorkflowHeader, templates: [TaskTemplate]) {
    self.header = header
    self.templates = templates
  }

  /// Maximum number of tasks. Each takes a few hundred bytes of memory.
  public static let mostTasks = 50_000_000

  /// Number of tasks; at most ``mostTasks`` in a workflow file.
  public var taskCount: Int { tasks.count }

  /// Calls `body` with each task, in the order of the index. Rethrows its errors.
  public func forEachTask(_ body: (any WorkflowTask) throws -> Void) throws {
    for index in 0..<tasks.count { try body(DefinedTask(definition: self, index: index)) }
  }

  /// The command of the task at `index`: its own, or its template with the arguments inserted.
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
  /// The task's name. It need not be unique.
  public var name: String { definition.tasks.name(index) }
  /// The argument values, in the order of ``TaskTemplate/arguments``.
  public var arguments: [String] { definition.tasks.arguments(index) }
  /// The task's own command, or its template with the arguments inserted.
  public var command: String { definition.command(index) }
  /// The tasks that must be DONE first: a set of ``WorkflowDefinition/upstreamSets``.
  public var upstreams: UpstreamSets.ID { definition.tasks.upstreams[index] }
  /// The settings of the task itself, or of its entry in a file.
  public var settings: TaskSettings { definition.tasks.settingsList[Int(definition.tasks.settings[index])] }
  /// Text that a person attached to the task; empty if there is none.
  public var attributes: [String: String] { definition.tasks.attributes[index] ?? [:] }
}

extension WorkflowDefinition {
  /// Converts any workflow to the compact form.
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
