/// A workflow in the compact form that binding writes, loading reads and the engine runs: columns, not objects.
public struct WorkflowDefinition: Workflow {
  public var header: WorkflowHeader
  public var templates: [TaskTemplate]
  public var upstreamSets = UpstreamSets()
  public var tasks = TaskTable()

  public init(header: WorkflowHeader, templates: [TaskTemplate]) {
    self.header = header
    self.templates = templates
  }

  public var taskCount: Int { tasks.count }

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
public struct DefinedTask: WorkflowTask {
  let definition: WorkflowDefinition
  let index: Int

  public var template: Int { Int(definition.tasks.template[index]) }
  public var name: String { definition.tasks.name(index) }
  public var arguments: [String] { definition.tasks.arguments(index) }
  public var command: String { definition.command(index) }
  public var upstreams: UpstreamSets.ID { definition.tasks.upstreams[index] }
  public var settings: TaskSettings { definition.tasks.settingsList[Int(definition.tasks.settings[index])] }
  public var attributes: [String: String] { definition.tasks.attributes[index] ?? [:] }
}

/// The tasks of a definition, column by column; the text of names and arguments lies in one buffer.
public struct TaskTable: Sendable {
  /// Place in ``WorkflowDefinition/templates``.
  public private(set) var template: [Int32] = []
  public private(set) var upstreams: [UpstreamSets.ID] = []
  /// Place in ``settingsList``.
  public private(set) var settings: [Int32] = []
  /// The distinct task-level settings; the first says nothing.
  public private(set) var settingsList: [TaskSettings] = [TaskSettings()]
  /// Attributes of the tasks that have any.
  public private(set) var attributes: [Int: [String: String]] = [:]
  /// Commands that differ from what their template renders, by task.
  private var commands: [Int: String] = [:]

  /// Each task's name, then its argument values, UTF-8.
  private var text: [UInt8] = []
  /// Where each text ends; a task's texts are `ends[firstText[task]..<firstText[task + 1]]`.
  private var ends: [Int] = []
  private var firstText: [Int] = [0]
  private var settingsIndex: [TaskSettings: Int32] = [TaskSettings(): 0]

  public init() {}

  public var count: Int { template.count }

  public mutating func reserveCapacity(_ count: Int) {
    template.reserveCapacity(count)
    upstreams.reserveCapacity(count)
    settings.reserveCapacity(count)
    firstText.reserveCapacity(count + 1)
  }

  /// Adds a task and returns its index. `command` is given only where it is not what the template renders.
  @discardableResult
  public mutating func append(
    template: Int, name: String, arguments: [String], upstreams: UpstreamSets.ID = UpstreamSets.empty,
    settings: TaskSettings = TaskSettings(), attributes: [String: String] = [:], command: String? = nil
  ) -> TaskIndex {
    let index = count
    self.template.append(Int32(template))
    self.upstreams.append(upstreams)
    self.settings.append(intern(settings))
    if !attributes.isEmpty { self.attributes[index] = attributes }
    if let command { commands[index] = command }
    appendText(name)
    for argument in arguments { appendText(argument) }
    firstText.append(ends.count)
    return TaskIndex(index)
  }

  public mutating func setUpstreams(_ index: Int, _ set: UpstreamSets.ID) { upstreams[index] = set }

  /// The place of `settings` in ``settingsList``, where it is added if it is new.
  public mutating func intern(_ settings: TaskSettings) -> Int32 {
    if let known = settingsIndex[settings] { return known }
    let place = Int32(settingsList.count)
    settingsList.append(settings)
    settingsIndex[settings] = place
    return place
  }

  public func name(_ index: Int) -> String { string(firstText[index]) }

  public func arguments(_ index: Int) -> [String] {
    (firstText[index] + 1..<firstText[index + 1]).map(string)
  }

  /// The command that was given for the task instead of its template's, if any.
  public func givenCommand(_ index: Int) -> String? { commands[index] }

  private mutating func appendText(_ value: String) {
    text.append(contentsOf: value.utf8)
    ends.append(text.count)
  }

  private func string(_ place: Int) -> String {
    let start = place == 0 ? 0 : ends[place - 1]
    return text.withUnsafeBufferPointer {
      String(decoding: UnsafeBufferPointer(rebasing: $0[start..<ends[place]]), as: UTF8.self)
    }
  }
}

extension WorkflowDefinition {
  /// Pours any workflow into the compact form.
  public init(_ workflow: some Workflow) throws {
    if let ready = workflow as? WorkflowDefinition {
      self = ready
      return
    }
    self.init(header: workflow.header, templates: workflow.templates)
    upstreamSets = workflow.upstreamSets
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
