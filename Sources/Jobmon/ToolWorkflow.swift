import Foundation
import JobmonCore
import Logging
import OSText

/// A workflow that is built in Swift. Use it from one thread at a time.
public final class ToolWorkflow: Workflow {
  /// Its name, workflow_args, limits and defaults, as given to ``Tool``.
  public let header: WorkflowHeader
  /// Where it is stored and run.
  public let site: Site
  /// Its tasks, in the order in which they were added.
  public private(set) var tasks: [ToolTask] = []
  /// Its id in the store; nil before it is bound.
  public private(set) var id: WorkflowID?
  /// The callbacks of the workflow and of its tool.
  private let callbacks: [ResourceCallback]
  /// The generated workflow_args if none were given, and whether they were bound but not run.
  private var madeArgs: (text: String, isNew: Bool)?

  init(_ header: WorkflowHeader, site: Site, callbacks: [ResourceCallback]) {
    self.header = header
    self.site = site
    self.callbacks = callbacks
  }

  /// Adds a task. A task belongs to the workflow to which it was added last.
  public func addTask(_ task: ToolTask) { addTasks([task]) }

  /// Adds tasks in this order. A task belongs to the workflow to which it was added last.
  public func addTasks(_ more: [ToolTask]) {
    for task in more { task.workflow = self }
    tasks += more
  }

  /// The tasks of a template with these argument values (one of several for each argument), in the order in which they
  /// were added.
  ///
  /// - Throws: ``RunRefusal`` if the workflow has no task of the template, or for an argument that the template does
  ///   not have.
  public func tasks(template: String, whereNodeArgs nodeArgs: [String: [any ArgumentValue]] = [:]) throws
    -> [ToolTask]
  {
    let ofTemplate = tasks.filter { $0.template.name == template }
    guard let first = ofTemplate.first?.template.template else {
      let nearest = Suggestion.nearest(to: template, among: Set(tasks.map(\.template.name)))
      throw RunRefusal(ToolRefusal.noTask(template: template, workflow: header.name, nearest: nearest))
    }
    let wanted = try nodeArgs.sorted { $0.key < $1.key }.map { name, values in
      guard let index = first.arguments.firstIndex(of: name) else {
        throw RunRefusal(first.unknownArgument(name))
      }
      return (index: index, values: Set(values.map(\.argumentText)))
    }
    return ofTemplate.filter { task in wanted.allSatisfy { $0.values.contains(task.values[$0.index]) } }
  }

  /// Refuses an invalid workflow: no tasks, a cycle, an upstream task that is not in the workflow, duplicate tasks,
  /// invalid names.
  ///
  /// - Throws: ``RunRefusal``, as for a workflow file.
  public func validate() throws {
    try definition().validate()
    _ = try knownCallbacks()
  }

  /// Stores it without running it.
  ///
  /// - Parameter acceptChanges: if it was stored with different tasks, accept the changes and keep valid results
  ///   (``ChangePlan``); otherwise they are refused.
  /// - Returns: its id.
  /// - Throws: ``RunRefusal``.
  @discardableResult
  public func bind(acceptChanges: Bool = false) throws -> WorkflowID {
    _ = try knownCallbacks()
    let definition = try definition()
    var options = try site.runOptions()
    options.changes = acceptChanges ? .accept : .refuse
    let observer = LoggingObserver()
    return try site.withStore(create: true) { store in
      try store.requireOwn(asRoot: site.asRoot)
      for notice in store.notices { observer.noticed(notice) }
      let bound = try WorkflowBinder(store: store, options: options, notice: observer.noticed).bind(
        definition)
      if header.workflowArgs == nil { madeArgs = bound.definition.header.workflowArgs.map { ($0, true) } }
      try note(bound.id, bound.identity, store)
      return bound.id
    }
  }

  /// Runs or resumes it until nothing is left to do. Blocks the calling thread.
  ///
  /// - Parameters:
  ///   - cluster: overrides the cluster of tasks, templates, the workflow and the tool.
  ///   - resume: continue it if it is unfinished; if it is DONE, nothing is run.
  ///   - failFast: start nothing new after the first fatal task.
  ///   - secondsUntilTimeout: start nothing new after this number of seconds.
  ///   - resetRunningJobs: cancel running jobs of an earlier run instead of taking them over.
  ///   - resumeTimeout: seconds to wait for the running driver to hand over.
  ///   - maxConcurrentlyRunning: maximum number of tasks at a time; overrides the workflow's limit; 0: paused.
  ///   - maxAttempts: maximum number of attempts for failures of the command or of its resources; overrides all levels.
  ///   - acceptChanges: continue a stored workflow whose tasks have changed; otherwise it is refused.
  ///   - observer: receives the progress of the run; nil: failures and notices are logged with the label `jobmon`.
  ///   - interruption: stops the run from another thread.
  /// - Throws: ``RunRefusal`` if nothing was started, or if the store failed during the run.
  @discardableResult
  public func run(
    cluster: String? = nil, resume: Bool = false, failFast: Bool = false, secondsUntilTimeout: Double? = nil,
    resetRunningJobs: Bool = false, resumeTimeout: Double = 180, maxConcurrentlyRunning: Int? = nil,
    maxAttempts: Int? = nil, acceptChanges: Bool = false, observer: (any RunObserver)? = nil,
    interruption: Interruption? = nil
  ) throws -> RunResult {
    let requestedAt = Timestamp.now
    try refuse(
      secondsUntilTimeout.map { !($0 >= 0) }, "secondsUntilTimeout", "a number of seconds, 0 or more")
    try refuse(maxConcurrentlyRunning.map { $0 < 0 }, "maxConcurrentlyRunning", "0 (a pause) or more")
    try refuse(maxAttempts.map { $0 < 1 }, "maxAttempts", "1 or more")
    var options = try site.runOptions()
    options.requestedAt = requestedAt
    options.cluster = cluster
    options.resume = resume
    options.failFast = failFast
    options.secondsUntilTimeout = secondsUntilTimeout
    options.resetRunningJobs = resetRunningJobs
    options.resumeTimeout = resumeTimeout
    options.maxConcurrentlyRunning = maxConcurrentlyRunning
    options.maxAttempts = maxAttempts
    options.changes = acceptChanges ? .accept : .refuse
    var definition = try definition()
    if let madeArgs, resume || madeArgs.isNew { definition.header.workflowArgs = madeArgs.text }
    let callbacks = try knownCallbacks()
    let registry = try site.registry()
    let observer = observer ?? LoggingObserver()
    return try site.withStore(create: true) { store in
      for notice in store.notices { observer.noticed(notice) }
      let runner = WorkflowRunner(
        store: store, heartbeatStore: try site.store(create: false), registry: registry, options: options,
        observer: observer,
        resolver: callbacks.isEmpty ? nil : ClosureResolver(callbacks: callbacks))
      interruption?.reach(runner)
      defer { interruption?.reach(nil) }
      let result = try runner.run(definition)
      definition.header.workflowArgs = result.workflowArgs
      if header.workflowArgs == nil { madeArgs = (result.workflowArgs, false) }
      try note(result.workflowID, WorkflowIdentity(definition), store)
      return result
    }
  }

  private func refuse(_ isWrong: Bool?, _ argument: String, _ expected: String) throws {
    if isWrong == true { throw RunRefusal(ToolRefusal.badArgument(argument, expected: expected)) }
  }

  /// The callbacks of all levels, by name.
  private func knownCallbacks() throws -> [String: ResourceCallback] {
    var known: [String: ResourceCallback] = [:]
    let ofTasks = tasks.lazy.flatMap { $0.template.callbacks.all + $0.callbacks }
    for callback in [AnySequence(callbacks), AnySequence(ofTasks)].joined() {
      guard let other = known.updateValue(callback, forKey: callback.name), other !== callback else {
        continue
      }
      throw RunRefusal(ToolRefusal.repeatedCallback(callback.name))
    }
    return known
  }

  /// Its errors, grouped by similarity, most frequent first.
  ///
  /// - Throws: ``RunRefusal`` if it is not bound.
  public func errors(limit: Int? = nil) throws -> [ErrorGroup] {
    try site.withStore { store in
      guard let workflow = try id ?? record(in: store)?.id else {
        throw RunRefusal(ToolRefusal.workflowNotStored(header.name))
      }
      return try store.errors(of: workflow, limit: limit)
    }
  }

  /// The record that an earlier process stored with its workflow_args, if any.
  private func record(in store: SQLiteStore) throws -> WorkflowRecord? {
    guard let workflowArgs = header.workflowArgs else { return nil }
    let record = try store.find(
      tool: header.tool, version: header.toolVersion, workflowArgs: workflowArgs)
    return record?.isBound == true ? record : nil
  }

  /// Sets the ids of the workflow and its tasks if an earlier process has stored it.
  func find(in store: SQLiteStore) throws {
    guard let record = try record(in: store) else { return }
    let identity = WorkflowIdentity(try definition())
    guard identity.workflow == record.identity else {
      throw RunRefusal(ToolRefusal.storedDifferently(record.id))
    }
    try note(record.id, identity, store)
  }

  private func note(_ id: WorkflowID, _ identity: WorkflowIdentity, _ store: SQLiteStore) throws {
    self.id = id
    for (task, taskID) in zip(tasks, try store.taskIDs(of: id, identity)) { task.id = taskID }
  }

  // MARK: Compact form

  /// Converts it to the compact form.
  ///
  /// - Throws: ``RunRefusal`` for an upstream task that is not in the workflow, or different templates with the same
  ///   name.
  private func definition() throws -> WorkflowDefinition {
    var templates: [TaskTemplate] = []
    var indexOfTemplate: [String: Int] = [:]
    for task in tasks {
      let template = task.template.template
      if let known = indexOfTemplate[template.name] {
        guard templates[known] == template else {
          throw RunRefusal(ToolRefusal.differingTemplates(template.name))
        }
      } else {
        indexOfTemplate[template.name] = templates.count
        templates.append(template)
      }
    }
    let indices = Dictionary(
      tasks.enumerated().map { (ObjectIdentifier($1), TaskIndex($0)) },
      uniquingKeysWith: { first, _ in first })
    var definition = WorkflowDefinition(header: header, templates: templates)
    definition.tasks.reserveCapacity(tasks.count)
    for task in tasks {
      let members = try task.upstream.map { upstream in
        guard let index = indices[ObjectIdentifier(upstream)] else {
          throw RunRefusal(ToolRefusal.upstreamOutside(task: task.name, upstream: upstream.name))
        }
        return index
      }
      definition.tasks.append(
        template: indexOfTemplate[task.template.name]!, name: task.name, arguments: task.values,
        upstreams: definition.upstreamSets.insert(members), settings: task.settings,
        attributes: task.attributes)
    }
    return definition
  }

  /// The templates of its tasks. Different templates with the same name are all included; ``validate()`` refuses them.
  public var templates: [TaskTemplate] {
    var known: Set<TaskTemplate> = []
    var seen: Set<ObjectIdentifier> = []
    return tasks.lazy.map(\.template).filter { seen.insert(ObjectIdentifier($0)).inserted }.map(\.template)
      .filter { known.insert($0).inserted }
  }
  /// The sets of upstream tasks. Throws ``RunRefusal`` if one of these tasks is not in the workflow.
  public var upstreamSets: UpstreamSets { get throws { try definition().upstreamSets } }
  /// Number of tasks.
  public var taskCount: Int { tasks.count }
  /// Calls `body` for each task in order. Throws ``RunRefusal`` if an upstream task is not in the workflow, and
  /// rethrows errors of `body`.
  public func forEachTask(_ body: (any WorkflowTask) throws -> Void) throws {
    try definition().forEachTask(body)
  }
}
