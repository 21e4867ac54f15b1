import JobmonModel

/// Resolves the `upstream` items of entries to tasks.
struct UpstreamResolver {
  var definition: WorkflowDefinition
  let params: [String: String]
  private var tasksOfTemplate: [[TaskIndex]]
  /// Filled when the first `{task: NAME}` is resolved.
  private var tasksOfName: [ExactText: [TaskIndex]] = [:]
  /// Tasks of a template, by the values of some of its arguments.
  private var indexes: [IndexKey: [[ExactText]: [TaskIndex]]] = [:]

  private struct IndexKey: Hashable {
    var template: Int
    var arguments: [Int]
  }

  init(definition: WorkflowDefinition, params: [String: String]) {
    self.definition = definition
    self.params = params
    tasksOfTemplate = Array(repeating: [], count: definition.templates.count)
    for task in 0..<definition.taskCount {
      tasksOfTemplate[Int(definition.tasks.template[task])].append(TaskIndex(task))
    }
  }

  /// Resolves the items to tasks, and adds these to the upstream tasks of the entry's tasks.
  ///
  /// - Returns: the set if it is the same for all tasks of the entry and for other entries with the same template and
  ///   items; otherwise nil.
  @discardableResult
  mutating func resolve(_ upstream: FileNode, of tasks: Range<Int>) throws -> UpstreamSets.ID? {
    guard let first = tasks.first else { return nil }
    let template = definition.templates[Int(definition.tasks.template[first])]
    var common: [TaskIndex] = []
    var own: [Selection] = []
    for item in try upstream.items("a list of {template: …} or {task: …}") {
      let fields = try item.fields(["template", "where", "optional", "task"], of: "an upstream")
      if let name = fields["task"] {
        common.append(try task(named: name))
      } else if let selected = fields["template"] {
        let selection = try select(selected, fields, for: template)
        if selection.isCommon {
          common += try find(selection, values: [], for: first)
        } else {
          own.append(selection)
        }
      } else {
        throw item.member(ValueFault.expected("{template: NAME} or {task: NAME}"))
      }
    }
    if own.isEmpty {
      let set = definition.upstreamSets.insert(common)
      add(set, to: tasks)
      return set
    }
    let names = template.arguments + params.keys.sorted()
    let paramValues = params.keys.sorted().map { params[$0]! }
    for task in tasks {
      let values = definition.tasks.arguments(task) + paramValues
      var members = common
      for selection in own { members += try find(selection, names: names, values: values, for: task) }
      add(definition.upstreamSets.insert(members), to: task..<task + 1)
    }
    return nil
  }

  /// Adds a set to the upstream tasks of tasks.
  mutating func add(_ set: UpstreamSets.ID, to tasks: Range<Int>) {
    for task in tasks {
      let before = definition.tasks.upstreams[task]
      if before == UpstreamSets.empty {
        definition.tasks.setUpstreams(task, set)
      } else if before != set {
        let both = Array(definition.upstreamSets[before]) + definition.upstreamSets[set]
        definition.tasks.setUpstreams(task, definition.upstreamSets.insert(both))
      }
    }
  }

  private mutating func task(named node: FileNode) throws -> TaskIndex {
    let name = try node.string()
    if tasksOfName.isEmpty {
      for task in 0..<definition.taskCount {
        tasksOfName[ExactText(definition.tasks.name(task)), default: []].append(TaskIndex(task))
      }
    }
    switch tasksOfName[ExactText(name), default: []] {
    case let one where one.count == 1: return one[0]
    case let none where none.isEmpty:
      let nearest = Suggestion.nearest(to: name, among: tasksOfName.keys.prefix(5000).map(\.text))
      throw node.member(WorkflowFileFault.noTask(name, nearest: nearest))
    case let several:
      let shown = several.prefix(5).map { "\(templateName($0)) #\($0)" }
      throw node.member(WorkflowFileFault.severalTasks(several.count, named: name, shown: shown))
    }
  }

  private func templateName(_ task: TaskIndex) -> String {
    definition.templates[Int(definition.tasks.template[Int(task)])].name
  }

  /// One `{template: …, where: …}` item.
  private struct Selection {
    var node: FileNode
    var template: Int
    var isOptional: Bool
    /// Indices of the arguments, with the values that each may have.
    var conditions: [(argument: Int, values: [Interpolation])]
    /// Whether it selects the same tasks for all tasks of the entry.
    var isCommon: Bool
  }

  private func select(_ node: FileNode, _ fields: [String: FileNode], for own: TaskTemplate) throws
    -> Selection
  {
    let name = try node.string()
    guard let index = definition.templates.firstIndex(where: { $0.name == name }) else {
      let nearest = Suggestion.nearest(to: name, among: definition.templates.map(\.name))
      throw node.member(WorkflowFileFault.noTemplate(name, nearest: nearest))
    }
    let template = definition.templates[index]
    let names = own.arguments + params.keys
    var conditions: [(argument: Int, values: [Interpolation])] = []
    for (key, value) in try fields["where"]?.members("a mapping of arguments to values") ?? [] {
      guard let argument = template.arguments.firstIndex(of: key) else {
        let nearest = Suggestion.nearest(to: key, among: template.arguments)
        throw value.member(WorkflowFileFault.noArgument(key, template: name, nearest: nearest))
      }
      let values = value.isSequence ? try value.items("a list of values") : [value]
      conditions.append(
        (argument, try values.map { try Interpolation($0.argumentText(), names: names, at: $0) }))
    }
    return Selection(
      node: node, template: index, isOptional: try fields["optional"]?.bool() ?? false,
      conditions: conditions,
      isCommon: conditions.allSatisfy {
        $0.values.allSatisfy { $0.names.allSatisfy { params[$0] != nil && !own.arguments.contains($0) } }
      })
  }

  private mutating func find(_ selection: Selection, names: [String]? = nil, values: [String], for task: Int)
    throws
    -> [TaskIndex]
  {
    let names = names ?? params.keys.sorted()
    let values = values.isEmpty ? params.keys.sorted().map { params[$0]! } : values
    if selection.conditions.isEmpty {
      return try checked(tasksOfTemplate[selection.template], selection, task)
    }
    let key = IndexKey(template: selection.template, arguments: selection.conditions.map(\.argument))
    if indexes[key] == nil {
      var index: [[ExactText]: [TaskIndex]] = [:]
      for member in tasksOfTemplate[selection.template] {
        let all = definition.tasks.arguments(Int(member))
        index[key.arguments.map { ExactText(all[$0]) }, default: []].append(member)
      }
      indexes[key] = index
    }
    var combinations: [[ExactText]] = [[]]
    for condition in selection.conditions {
      let texts = condition.values.map { ExactText($0.text(names, values)) }
      combinations = combinations.flatMap { front in texts.map { front + [$0] } }
    }
    return try checked(combinations.flatMap { indexes[key]![$0] ?? [] }, selection, task)
  }

  private func checked(_ found: [TaskIndex], _ selection: Selection, _ task: Int) throws -> [TaskIndex] {
    if found.isEmpty, !selection.isOptional {
      throw selection.node.member(
        WorkflowFileFault.noMatch(
          template: definition.templates[selection.template].name, task: definition.tasks.name(task)))
    }
    return found
  }
}
