import JobmonCore

/// A product to which workflows belong, with the defaults for all of them.
///
/// ```swift
/// let tool = Tool(name: "my_application")
/// let process = try tool.taskTemplate(
///   name: "process", commandTemplate: "process --location {location_id}", nodeArgs: ["location_id"])
/// let workflow = tool.createWorkflow(name: "my_workflow", workflowArgs: "version_1")
/// workflow.addTasks(try process.createTasks(["location_id": [1, 2, 3]]))
/// let result = try workflow.run()
/// ```
public final class Tool {
  /// The name by which its workflows are stored and found, together with ``version``.
  public let name: String
  /// Each version is a separate tool. Its workflows are different even if they have the same tasks.
  public let version: String
  /// Defaults for all its tasks. Templates, workflows and tasks can override them.
  public let defaults: TaskSettings
  let callbacks: LevelCallbacks

  /// Creates a tool. It is stored with its first workflow.
  ///
  /// - Parameters:
  ///   - name: the name by which its workflows are stored and found.
  ///   - version: each version is a separate tool.
  ///   - defaults: settings of its tasks that no other level overrides.
  ///   - resources: computes the other resources of its tasks when they become ready.
  ///   - scales: compute the new request after a resource has run out.
  public init(
    name: String, version: String = "1", defaults: TaskSettings = TaskSettings(),
    resources: ResourceCallback? = nil, scales: [ScalableResource: ResourceCallback] = [:]
  ) {
    self.name = name
    self.version = version
    callbacks = LevelCallbacks(resources: resources, scales: scales)
    self.defaults = callbacks.named(in: defaults)
  }

  /// Creates a named command with named arguments.
  ///
  /// - Parameters:
  ///   - name: unique in a workflow. Tasks without a name are named after it.
  ///   - commandTemplate: `{argument}` is replaced by the value, `{argument:q}` by the value quoted for the shell.
  ///     Literal braces are doubled.
  ///   - nodeArgs: the arguments over which tasks are parallel. They distinguish the tasks of the template.
  ///   - taskArgs: arguments that say which data the tasks work on.
  ///   - opArgs: arguments such as paths and verbosity. Not part of any identity.
  ///   - maxConcurrentlyRunning: maximum number of tasks of the template at a time.
  ///   - defaults: settings of its tasks that the tasks themselves do not override.
  ///   - retryExitCodes: if given, only these are retried.
  ///   - noRetryExitCodes: these are never retried.
  ///   - resources: computes the other resources of its tasks when they become ready.
  ///   - scales: compute the new request after a resource has run out.
  /// - Throws: ``RunRefusal`` if a field of the command is in none of the lists or in several, or if a name is not
  ///   valid.
  public func taskTemplate(
    name: String, commandTemplate: String, nodeArgs: [String] = [], taskArgs: [String] = [],
    opArgs: [String] = [],
    maxConcurrentlyRunning: Int? = nil, defaults: TaskSettings = TaskSettings(), retryExitCodes: [Int]? = nil,
    noRetryExitCodes: [Int] = [], resources: ResourceCallback? = nil,
    scales: [ScalableResource: ResourceCallback] = [:]
  ) throws -> ToolTemplate {
    let callbacks = LevelCallbacks(resources: resources, scales: scales)
    let template = TaskTemplate(
      name: name, commandTemplate: commandTemplate, nodeArgs: nodeArgs, taskArgs: taskArgs, opArgs: opArgs,
      maxConcurrentlyRunning: maxConcurrentlyRunning, settings: callbacks.named(in: defaults),
      retryExitCodes: retryExitCodes,
      noRetryExitCodes: noRetryExitCodes)
    try template.validate()
    return ToolTemplate(tool: self, template: template, callbacks: callbacks)
  }

  /// Creates an empty workflow.
  ///
  /// - Parameters:
  ///   - name: for output; nil: the tool's name.
  ///   - workflowArgs: distinguishes it from other workflows of the tool. nil: each run is a new workflow.
  ///   - description: for output.
  ///   - attributes: names and values that are stored and shown.
  ///   - workingDirectory: of the commands; nil: where the run is started.
  ///   - maxConcurrentlyRunning: maximum number of tasks at a time.
  ///   - onFinish: a command that is run at the end of each run.
  ///   - defaults: settings of its tasks that neither they nor their templates override.
  ///   - site: where it is stored and run.
  ///   - resources: computes the other resources of its tasks when they become ready.
  ///   - scales: compute the new request after a resource has run out.
  public func createWorkflow(
    name: String? = nil, workflowArgs: String? = nil, description: String? = nil,
    attributes: [String: String] = [:], workingDirectory: String? = nil, maxConcurrentlyRunning: Int? = nil,
    onFinish: String? = nil, defaults: TaskSettings = TaskSettings(), site: Site = Site(),
    resources: ResourceCallback? = nil, scales: [ScalableResource: ResourceCallback] = [:]
  ) -> ToolWorkflow {
    let callbacks = LevelCallbacks(resources: resources, scales: scales)
    return ToolWorkflow(
      WorkflowHeader(
        tool: self.name, toolVersion: version, name: name ?? self.name, description: description,
        workflowArgs: workflowArgs, attributes: attributes, workingDirectory: workingDirectory,
        maxConcurrentlyRunning: maxConcurrentlyRunning, onFinish: onFinish,
        settings: callbacks.named(in: defaults), toolSettings: self.defaults), site: site,
      callbacks: callbacks.all + self.callbacks.all)
  }
}

extension TaskSettings {
  /// Creates the settings of one level.
  ///
  /// - Parameters:
  ///   - cluster: the name of the cluster for the tasks.
  ///   - resources: for every cluster.
  ///   - perCluster: for clusters by name; override `resources`.
  ///   - scales: how a request grows after the resource has run out.
  ///   - fallbackQueues: queues for requests that exceed the limits of their own.
  ///   - maxAttempts: maximum number of attempts for failures of the command or of its resources.
  ///   - priority: ready tasks with the highest priority start first; 0 if no level sets it.
  public init(
    cluster: String? = nil, resources: ComputeResources? = nil, perCluster: [String: ComputeResources] = [:],
    scales: [ScalableResource: ResourceScale] = [:], fallbackQueues: [String] = [], maxAttempts: Int? = nil,
    priority: Int? = nil
  ) {
    var maps = perCluster
    if let resources { maps[Self.anyCluster] = resources }
    self.init(
      clusterName: cluster, computeResources: maps,
      resourceScales: scales.isEmpty ? [:] : [Self.anyCluster: scales],
      fallbackQueues: fallbackQueues.isEmpty ? [:] : [Self.anyCluster: fallbackQueues],
      maxAttempts: maxAttempts, priority: priority)
  }
}
