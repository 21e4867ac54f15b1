import JobmonCore

/// A product that workflows belong to, with the defaults that all of them share.
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
  /// What workflows are stored and looked up by, with ``version``.
  public let name: String
  /// Another version is another tool: its workflows are others, even with the same tasks.
  public let version: String
  /// Defaults of all its tasks; templates, workflows and tasks say otherwise where they set the same key.
  public let defaults: TaskSettings
  let callbacks: LevelCallbacks

  /// A tool; nothing is stored before a workflow of it is.
  ///
  /// - Parameters:
  ///   - name: what its workflows are stored and looked up by.
  ///   - version: another version is another tool.
  ///   - defaults: what all its tasks ask for where nothing nearer to them says otherwise.
  ///   - resources: computes the rest of its tasks' resources when they become ready.
  ///   - scales: compute what to ask for when a resource has run out.
  public init(
    name: String, version: String = "1", defaults: TaskSettings = TaskSettings(),
    resources: ResourceCallback? = nil, scales: [ScalableResource: ResourceCallback] = [:]
  ) {
    self.name = name
    self.version = version
    callbacks = LevelCallbacks(resources: resources, scales: scales)
    self.defaults = callbacks.named(in: defaults)
  }

  /// A named command with named arguments.
  ///
  /// - Parameters:
  ///   - name: unique in a workflow; tasks without a name are named after it.
  ///   - commandTemplate: `{argument}` stands for a value, `{argument:q}` for one quoted for the shell; a literal brace is
  ///     doubled.
  ///   - nodeArgs: what the tasks are made parallel over; they tell the tasks of the template apart.
  ///   - taskArgs: which data the tasks are about.
  ///   - opArgs: how they run: paths, verbosity. No part of any identity.
  ///   - maxConcurrentlyRunning: the most tasks of the template at a time.
  ///   - defaults: what its tasks ask for where they do not say so themselves.
  ///   - retryExitCodes: where given, only these are retried.
  ///   - noRetryExitCodes: these are never retried.
  ///   - resources: computes the rest of its tasks' resources when they become ready.
  ///   - scales: compute what to ask for when a resource has run out.
  /// - Throws: ``RunRefusal`` where a field of the command stands in no list, or in two, or a name cannot be one.
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

  /// An empty workflow.
  ///
  /// - Parameters:
  ///   - name: for people; nil: the tool's.
  ///   - workflowArgs: what tells it from other workflows of the tool; without it each run is a workflow of its own.
  ///   - description: for people.
  ///   - attributes: facts about it, by name, which are stored and shown.
  ///   - workingDirectory: where commands run; nil: where the run is started.
  ///   - maxConcurrentlyRunning: the most tasks at a time.
  ///   - onFinish: a command that is run at the end of each run.
  ///   - defaults: what its tasks ask for where neither they nor their templates say.
  ///   - site: where it is kept and run.
  ///   - resources: computes the rest of its tasks' resources when they become ready.
  ///   - scales: compute what to ask for when a resource has run out.
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
  /// Settings of one level.
  ///
  /// - Parameters:
  ///   - cluster: the name of the cluster that the tasks go to.
  ///   - resources: for every cluster.
  ///   - perCluster: for clusters by name; over `resources`.
  ///   - scales: what is asked for when a resource runs out.
  ///   - fallbackQueues: queues for requests that have outgrown their own.
  ///   - maxAttempts: attempts for failures of the command or of its resources.
  ///   - priority: of the ready tasks those with the highest go first; 0 where no level says.
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
