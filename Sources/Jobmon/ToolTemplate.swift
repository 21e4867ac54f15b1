import JobmonCore

/// A named command of a tool, from which tasks are created.
public final class ToolTemplate {
  let tool: Tool
  let template: TaskTemplate
  let callbacks: LevelCallbacks

  /// Unique in a workflow. Tasks without a name get a name that begins with it.
  public var name: String { template.name }

  init(tool: Tool, template: TaskTemplate, callbacks: LevelCallbacks) {
    self.tool = tool
    self.template = template
    self.callbacks = callbacks
  }

  /// Creates one task.
  ///
  /// - Parameters:
  ///   - arguments: a value for every argument.
  ///   - name: need not be unique; nil: from the template's name and its node arguments.
  ///   - upstream: the tasks that must be done first.
  ///   - attributes: names and values that are stored and shown.
  ///   - settings: override those of its template, workflow and tool.
  ///   - resources: computes its other resources when it becomes ready.
  ///   - scales: compute the new request after a resource has run out.
  /// - Throws: ``RunRefusal`` for an argument without a value, an argument that the template does not have, or an
  ///   invalid name.
  public func createTask(
    _ arguments: [String: (any ArgumentValue)?] = [:], name: String? = nil, upstream: [ToolTask] = [],
    attributes: [String: String] = [:], settings: TaskSettings = TaskSettings(),
    resources: ResourceCallback? = nil, scales: [ScalableResource: ResourceCallback] = [:]
  ) throws -> ToolTask {
    let values = try template.values(of: arguments.mapValues { $0?.argumentText ?? "" })
    if let name, let fault = TaskName.givenFault(name) { throw RunRefusal(fault) }
    let callbacks = LevelCallbacks(resources: resources, scales: scales)
    let task = ToolTask(
      template: self, values: values,
      name: name.map(TaskName.legal)
        ?? TaskName.standard(template: template.name, arguments: template.nodeArgs, values: values),
      attributes: attributes, settings: callbacks.named(in: settings), callbacks: callbacks.all)
    task.addUpstream(upstream)
    return task
  }

  /// Creates a task for each combination of values. The last of the template's arguments varies fastest.
  ///
  /// - Parameters:
  ///   - product: the values of the arguments that vary.
  ///   - arguments: the values of the other arguments.
  ///   - upstream: the tasks that must be done before each of them.
  ///   - attributes: of each of them.
  ///   - settings: of each of them; override those of their template, workflow and tool.
  ///   - resources: computes a task's other resources when it becomes ready.
  ///   - scales: compute the new request after a resource has run out.
  /// - Throws: ``RunRefusal``, as for one task.
  public func createTasks(
    _ product: [String: [any ArgumentValue]], arguments: [String: (any ArgumentValue)?] = [:],
    upstream: [ToolTask] = [], attributes: [String: String] = [:], settings: TaskSettings = TaskSettings(),
    resources: ResourceCallback? = nil, scales: [ScalableResource: ResourceCallback] = [:]
  ) throws -> [ToolTask] {
    // In the order of the template, so that the order of the dictionary has no effect.
    let names =
      template.arguments.filter { product[$0] != nil }
      + product.keys.filter { !template.arguments.contains($0) }
    var combinations: [[String: (any ArgumentValue)?]] = [arguments]
    for name in names {
      combinations = combinations.flatMap { combination in
        product[name]!.map { value in combination.merging([name: value]) { $1 } }
      }
    }
    return try combinations.map {
      try createTask(
        $0, upstream: upstream, attributes: attributes, settings: settings, resources: resources,
        scales: scales)
    }
  }

  /// The resource usage of its successful tasks. Tasks of other versions of the template are not included.
  ///
  /// - Parameters:
  ///   - workflows: only in these; empty: in all.
  ///   - nodeArgs: only tasks with one of these values.
  ///   - site: where its workflows are stored.
  /// - Returns: nil if no workflow with this version of the template was ever bound.
  /// - Throws: ``RunRefusal`` if the database, a workflow or an argument does not exist.
  public func resourceUsage(
    workflows: [WorkflowID] = [], nodeArgs: [String: [any ArgumentValue]] = [:], site: Site = Site()
  ) throws -> TemplateUsage? {
    try site.withStore { store in
      guard let version = try store.versionID(of: template, tool: tool.name, toolVersion: tool.version) else {
        return nil
      }
      return try store.usage(
        UsageFilter(
          versions: [version], workflows: workflows,
          nodeArgs: nodeArgs.mapValues { Set($0.map(\.argumentText)) })
      ).first
    }
  }
}
