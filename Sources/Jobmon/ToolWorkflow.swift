import Foundation
import JobmonCore
import Logging

/// A workflow that is built in Swift. To be used from one thread at a time.
public final class ToolWorkflow: Workflow, @unchecked Sendable {
  public let header: WorkflowHeader
  /// Where it is kept and run.
  public let site: Site
  public private(set) var tasks: [ToolTask] = []
  /// Its id in the store, once it is bound.
  public private(set) var id: WorkflowID?

  init(_ header: WorkflowHeader, site: Site) {
    self.header = header
    self.site = site
  }

  public func addTask(_ task: ToolTask) { addTasks([task]) }

  public func addTasks(_ more: [ToolTask]) {
    for task in more { task.workflow = self }
    tasks += more
  }

  /// The tasks of a template whose node arguments have one of these values, in the order in which they were added.
  public func tasks(template: String, whereNodeArgs nodeArgs: [String: [any ArgumentValue]] = [:])
    -> [ToolTask]
  {
    let wanted = nodeArgs.mapValues { Set($0.map(\.argumentText)) }
    return tasks.filter { task in
      task.template.name == template
        && wanted.allSatisfy { name, values in task.argument(name).map(values.contains) ?? false }
    }
  }

  /// Refuses whatever is wrong: no tasks, a cycle, an upstream that is not in the workflow, a task twice, names.
  ///
  /// - Throws: ``RunRefusal``, the same as for a workflow file.
  public func validate() throws { try definition().validate() }

  /// Stores it without running it.
  ///
  /// - Parameter acceptChanges: where it was stored with other tasks, what is DONE is carried over.
  /// - Returns: its id.
  /// - Throws: ``RunRefusal``, ``StoreError``.
  @discardableResult
  public func bind(acceptChanges: Bool = false) throws -> WorkflowID {
    var options = try site.runOptions()
    options.acceptChanges = acceptChanges
    let store = try site.store(create: true)
    let bound = try WorkflowBinder(store: store, options: options, notice: { _ in }).bind(try definition())
    try note(bound.id, WorkflowIdentity(bound.definition), store)
    return bound.id
  }

  /// Runs it, or resumes it, until nothing is left to do. Blocks the calling thread.
  ///
  /// - Parameters:
  ///   - cluster: overrides what tasks, templates, the workflow and the tool say.
  ///   - resume: continue it where it is unfinished; on a DONE one nothing runs.
  ///   - failFast: start nothing new after the first fatal task.
  ///   - secondsUntilTimeout: start nothing new after so many seconds.
  ///   - resetRunningJobs: end what still runs of an earlier run instead of taking it over.
  ///   - resumeTimeout: seconds to wait for an earlier run to let go.
  ///   - observer: is told how it goes; nil: failures and notices are logged under the label `jobmon`.
  /// - Throws: ``RunRefusal`` where nothing was started; ``StoreError`` where the store failed while it ran.
  @discardableResult
  public func run(
    cluster: String? = nil, resume: Bool = false, failFast: Bool = false, secondsUntilTimeout: Double? = nil,
    resetRunningJobs: Bool = false, resumeTimeout: Double = 180, maxConcurrentlyRunning: Int? = nil,
    maxAttempts: Int? = nil, acceptChanges: Bool = false, observer: (any RunObserver)? = nil
  ) throws -> RunResult {
    var options = try site.runOptions()
    options.cluster = cluster
    options.resume = resume
    options.failFast = failFast
    options.secondsUntilTimeout = secondsUntilTimeout
    options.resetRunningJobs = resetRunningJobs
    options.resumeTimeout = resumeTimeout
    options.maxConcurrentlyRunning = maxConcurrentlyRunning
    options.maxAttempts = maxAttempts
    options.acceptChanges = acceptChanges
    let definition = try definition()
    let store = try site.store(create: true)
    let callbacks = Dictionary(
      tasks.flatMap(\.callbacks).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let runner = WorkflowRunner(
      store: store, heartbeatStore: try site.store(create: true), registry: try site.registry(),
      options: options,
      observer: observer ?? LoggingObserver(),
      resolver: callbacks.isEmpty ? nil : ClosureResolver(callbacks: callbacks))
    let result = try runner.run(definition)
    var bound = definition
    bound.header.workflowArgs = result.workflowArgs
    try note(result.workflowID, WorkflowIdentity(bound), store)
    return result
  }

  /// What went wrong, like errors together, most frequent first.
  ///
  /// - Throws: ``RunRefusal`` where it is not bound yet; ``StoreError``.
  public func errors(limit: Int? = nil) throws -> [ErrorGroup] {
    guard let id else {
      throw RunRefusal(.invalidUsage, "workflow '\(header.name)' is not stored yet: bind or run it first")
    }
    return try site.store(create: false).errors(of: id, limit: limit)
  }

  private func note(_ id: WorkflowID, _ identity: WorkflowIdentity, _ store: SQLiteStore) throws {
    self.id = id
    for (task, taskID) in zip(tasks, try store.taskIDs(of: id, identity)) { task.id = taskID }
  }

  // MARK: Its compact form

  /// - Throws: ``RunRefusal``: an upstream that is not in the workflow, two templates of one name.
  private func definition() throws -> WorkflowDefinition {
    var templates: [TaskTemplate] = []
    var places: [String: Int] = [:]
    for task in tasks {
      let template = task.template.template
      if let known = places[template.name] {
        guard templates[known] == template else {
          throw RunRefusal(.invalidFile, "there are two task templates '\(template.name)' that differ")
        }
      } else {
        places[template.name] = templates.count
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
          throw RunRefusal(
            .invalidFile,
            "task '\(task.name)' waits for task '\(upstream.name)', which is not in the workflow: add it, too"
          )
        }
        return index
      }
      definition.tasks.append(
        template: places[task.template.name]!, name: task.name, arguments: task.values,
        upstreams: definition.upstreamSets.insert(members), settings: task.settings,
        attributes: task.attributes)
    }
    return definition
  }

  /// The form that the protocol's readers see. Tasks that cannot be poured have none; ``forEachTask(_:)`` says why.
  private var form: WorkflowDefinition {
    (try? definition()) ?? WorkflowDefinition(header: header, templates: [])
  }

  public var templates: [TaskTemplate] { form.templates }
  public var upstreamSets: UpstreamSets { form.upstreamSets }
  public var taskCount: Int { tasks.count }
  public func forEachTask(_ body: (any WorkflowTask) throws -> Void) throws {
    try definition().forEachTask(body)
  }
}

/// Logs what a person should know.
struct LoggingObserver: RunObserver {
  private let logger = Logger(label: "jobmon")

  var wantsEvents: Bool { false }
  func began(_ start: RunStart) {
    logger.info(
      "workflow \(start.workflowID) (\(start.name)), run \(start.workflowRunID): \(start.tasksTotal) tasks")
  }
  func progressed(_ progress: RunProgress) {}
  func failed(_ task: FailedTask, attempt: Int, willRetry: Bool) {
    logger.warning(
      "\(willRetry ? "retry" : "failed"): \(task.name) (task \(task.taskID), attempt \(attempt)): \(task.reason)"
    )
  }
  func changed(_ events: [StatusEvent]) {}
  func noticed(_ text: String) { logger.notice("\(text)") }
  func interrupted(running tasks: [String], again: Bool) {}
}
