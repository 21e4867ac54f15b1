import JobmonCore

/// A named command of a tool, of which tasks are made.
public final class ToolTemplate {
  let tool: Tool
  let template: TaskTemplate
  let callbacks: LevelCallbacks

  /// Unique in a workflow; names of tasks begin with it where they are not given.
  public var name: String { template.name }

  init(tool: Tool, template: TaskTemplate, callbacks: LevelCallbacks) {
    self.tool = tool
    self.template = template
    self.callbacks = callbacks
  }

  /// One task.
  ///
  /// - Parameters:
  ///   - arguments: a value for every argument.
  ///   - name: need not be unique; made of the template's name and its node arguments where none is given.
  ///   - upstream: what has to be done first.
  ///   - attributes: facts about it, by name, which are stored and shown.
  ///   - settings: what this task says over its template, workflow and tool.
  ///   - resources: computes the rest of its resources when it becomes ready.
  ///   - scales: compute what to ask for when a resource has run out.
  /// - Throws: ``RunRefusal``: an argument without a value, one that the template does not have, an illegal name.
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

  /// A task for each combination of these values; the last of the template's arguments runs fastest.
  ///
  /// - Parameters:
  ///   - product: the values of arguments that change from task to task.
  ///   - arguments: the values of the others.
  ///   - upstream: what has to be done before each of them.
  ///   - attributes: of each of them.
  ///   - settings: of each of them, over their template, workflow and tool.
  ///   - resources: computes the rest of a task's resources when it becomes ready.
  ///   - scales: compute what to ask for when a resource has run out.
  /// - Throws: ``RunRefusal``, as for one task.
  public func createTasks(
    _ product: [String: [any ArgumentValue]], arguments: [String: (any ArgumentValue)?] = [:],
    upstream: [ToolTask] = [], attributes: [String: String] = [:], settings: TaskSettings = TaskSettings(),
    resources: ResourceCallback? = nil, scales: [ScalableResource: ResourceCallback] = [:]
  ) throws -> [ToolTask] {
    // In the template's order, so that it does not depend on how the product was written.
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

  /// What its tasks used that ended with success; other versions of the template are not counted.
  ///
  /// - Parameters:
  ///   - workflows: only in these.
  ///   - nodeArgs: only tasks with one of these values.
  ///   - site: where its workflows are kept.
  /// - Returns: nil where no workflow with this version of the template was ever bound.
  /// - Throws: ``RunRefusal``: no such database, workflow or argument.
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
