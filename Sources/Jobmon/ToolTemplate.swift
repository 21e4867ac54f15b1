import JobmonCore

/// A named command of a tool, of which tasks are made.
public final class ToolTemplate {
  let tool: Tool
  let template: TaskTemplate

  public var name: String { template.name }

  init(tool: Tool, template: TaskTemplate) {
    self.tool = tool
    self.template = template
  }

  /// One task.
  ///
  /// - Parameters:
  ///   - arguments: a value for every argument.
  ///   - name: need not be unique; made of the template's name and its node arguments where none is given.
  ///   - upstream: what has to be done first.
  ///   - settings: what this task says over its template, workflow and tool.
  ///   - resources: computes the rest of its resources when it becomes ready.
  ///   - scales: compute what to ask for when a resource has run out.
  /// - Throws: ``RunRefusal``: an argument without a value, one that the template does not have, an illegal name.
  public func createTask(
    _ arguments: [String: any ArgumentValue] = [:], name: String? = nil, upstream: [ToolTask] = [],
    attributes: [String: String] = [:], settings: TaskSettings = TaskSettings(),
    resources: ResourceCallback? = nil, scales: [ScalableResource: ResourceCallback] = [:]
  ) throws -> ToolTask {
    for argument in arguments.keys.sorted() where !template.arguments.contains(argument) {
      let nearest = Suggestion.nearest(to: argument, among: template.arguments).map {
        "did you mean '\($0)'?"
      }
      throw RunRefusal(
        .invalidFile,
        "template '\(template.name)' has no argument '\(argument)'; "
          + (nearest ?? "it has \(template.arguments.joined(separator: ", "))"))
    }
    let values = try template.arguments.map { argument in
      guard let value = arguments[argument] else {
        throw RunRefusal(
          .invalidFile, "the argument '\(argument)' of template '\(template.name)' has no value")
      }
      return value.argumentText
    }
    if let name, let fault = TaskName.fault(name) { throw RunRefusal(.invalidFile, fault) }
    var settings = settings
    if let resources {
      settings.computeResources[TaskSettings.anyCluster, default: ComputeResources()].callback =
        resources.name
    }
    for (resource, callback) in scales {
      settings.resourceScales[TaskSettings.anyCluster, default: [:]][resource] = .callback(callback.name)
    }
    let task = ToolTask(
      template: self, values: values,
      name: name.map(TaskName.legal)
        ?? TaskName.standard(template: template.name, arguments: template.nodeArgs, values: values),
      attributes: attributes, settings: settings, callbacks: (resources.map { [$0] } ?? []) + scales.values)
    task.addUpstream(upstream)
    return task
  }

  /// A task for each combination of these values; the last argument, by name, runs fastest.
  ///
  /// - Parameter product: the values of arguments that change from task to task.
  /// - Parameter arguments: the values of the others.
  public func createTasks(
    _ product: [String: [any ArgumentValue]], arguments: [String: any ArgumentValue] = [:],
    upstream: [ToolTask] = [], attributes: [String: String] = [:], settings: TaskSettings = TaskSettings(),
    resources: ResourceCallback? = nil, scales: [ScalableResource: ResourceCallback] = [:]
  ) throws -> [ToolTask] {
    // In the template's order, so that it does not depend on how the product was written.
    let names =
      template.arguments.filter { product[$0] != nil }
      + product.keys.filter { !template.arguments.contains($0) }
    var combinations: [[String: any ArgumentValue]] = [arguments]
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

  /// What its tasks used that ended with success.
  ///
  /// - Parameters:
  ///   - workflows: only in these.
  ///   - nodeArgs: only tasks with one of these values.
  /// - Throws: ``RunRefusal``, ``StoreError``.
  public func resourceUsage(
    workflows: [WorkflowID] = [], nodeArgs: [String: [any ArgumentValue]] = [:], site: Site = Site()
  ) throws -> TemplateUsage? {
    var filter = UsageFilter()
    filter.template = template.name
    filter.workflows = workflows
    filter.nodeArgs = nodeArgs.mapValues { Set($0.map(\.argumentText)) }
    return try site.store(create: false).usage(filter).last { $0.tool == tool.name }
  }
}
