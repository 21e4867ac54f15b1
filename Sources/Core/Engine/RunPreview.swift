import JobmonExecution
import JobmonGraph
import JobmonModel
import JobmonStore

/// What a run would do, without running anything: counts, what tasks would ask for, how long the longest chain is.
public struct RunPreview: Sendable {
  /// Tasks of one template that would ask for the same.
  public struct Share: Hashable, Sendable {
    /// The template's name.
    public var template: String
    /// How many tasks there are of it with this request.
    public var tasks: Int
    /// The name of the cluster that they would go to.
    public var cluster: String
    /// What each of them would ask for, after precedence and as the cluster coerced it.
    public var request: ResourceRequest
    /// Attempts for failures of the command or of its resources.
    public var maxAttempts: Int
    /// Of ready tasks those with the highest priority start first; 0 where nothing says otherwise.
    public var priority: Int
    /// The most tasks of the template at a time.
    public var limit: Int?
  }

  /// The workflow's name.
  public var name: String
  /// nil: a fresh one would be made.
  public var workflowArgs: String?
  /// All tasks of the workflow, done or not.
  public var tasksTotal: Int
  /// By an earlier run of the same workflow.
  public var tasksPreviouslyDone: Int
  /// All tasks by template and request, in the order of the templates.
  public var shares: [Share]
  /// Tasks on the longest chain of tasks that wait for each other.
  public var criticalPath: Int
  /// Where the commands would run.
  public var folder: String
  /// Where the workflow is stored with other tasks: what accepting the changes would do.
  public var changes: ChangePlan?
  /// What may not be meant as it is written.
  public var warnings: [String]

  /// - Parameters:
  ///   - store: where the workflow may have been run before; nil: nowhere.
  ///   - notice: told what clusters make of requests.
  /// - Throws: ``RunRefusal`` where the workflow would be refused.
  public init(
    _ workflow: WorkflowDefinition, registry: PluginRegistry, options: RunOptions, store: (any Store)?,
    notice: @escaping (String) -> Void
  ) throws {
    try workflow.validate()
    let preflight = Preflight(
      registry: registry, options: options, runUUID: "00000000-0000-0000-0000-000000000000",
      mailbox: Mailbox<Message>(), notice: notice)
    defer { preflight.close(atOnce: true) }
    let profiles = try preflight.profiles(of: workflow)
    let header = workflow.header
    name = header.name
    workflowArgs = header.workflowArgs
    tasksTotal = workflow.taskCount
    tasksPreviouslyDone = 0
    folder = header.workingDirectory ?? options.workingDirectory
    if let store, workflowArgs != nil {
      let prepared = try WorkflowBinder(store: store, options: options, notice: notice).prepare(workflow)
      if let known = prepared.existing, known.isBound {
        let stored = try store.load(known.id)
        if known.identity == prepared.identity.workflow {
          tasksPreviouslyDone = stored.statuses.count { $0 == .done }
        } else {
          let plan = ChangePlan(
            from: stored, to: workflow, keepsDone: options.changes == .acceptAndKeepDone)
          changes = plan
          tasksPreviouslyDone = plan.kept.count
        }
      }
    }

    struct Key: Hashable, Comparable {
      var template: Int32
      var profile: Int32
      static func < (left: Key, right: Key) -> Bool {
        (left.template, left.profile) < (right.template, right.profile)
      }
    }
    var counts: [Key: Int] = [:]
    for task in 0..<workflow.taskCount {
      counts[Key(template: workflow.tasks.template[task], profile: profiles.ofTask[task]), default: 0] += 1
    }
    shares = counts.keys.sorted().map { key in
      let template = workflow.templates[Int(key.template)]
      let profile = profiles.list[Int(key.profile)]
      return Share(
        template: template.name, tasks: counts[key]!, cluster: preflight.clusters[profile.cluster].name,
        request: profile.settings.request, maxAttempts: profile.settings.maxAttempts,
        priority: profile.settings.priority,
        limit: template.maxConcurrentlyRunning)
    }
    let ones = [Float](repeating: 1, count: workflow.taskCount)
    // Validated above: there is no cycle.
    criticalPath = Int(try! TaskGraph(workflow).bottomLevels(weights: ones).max() ?? 0)
    warnings = Self.unquotedValues(in: workflow)
  }

  /// Values with characters that mean something to the shell, in places where they are not quoted.
  private static func unquotedValues(in workflow: WorkflowDefinition) -> [String] {
    let unquoted = workflow.templates.map { template -> [Int] in
      let parts = CommandTemplate.parsed(template.commandTemplate)?.parts ?? []
      return template.arguments.indices.filter {
        parts.contains(.argument(template.arguments[$0], quoted: false))
      }
    }
    var found: [[Int: (count: Int, task: Int)]] = Array(repeating: [:], count: workflow.templates.count)
    for task in 0..<workflow.taskCount {
      let template = Int(workflow.tasks.template[task])
      guard !unquoted[template].isEmpty else { continue }
      workflow.tasks.withTexts(task) { texts in
        for argument in unquoted[template] where texts[argument + 1].contains(where: ShellWord.isSpecial) {
          found[template][argument, default: (0, task)].count += 1
        }
      }
    }
    return found.enumerated().flatMap { place, arguments in
      arguments.sorted { $0.key < $1.key }.map { argument, seen in
        let template = workflow.templates[place]
        let name = template.arguments[argument]
        let example = workflow.tasks.arguments(seen.task)[argument].prefix(60)
        return
          "template '\(template.name)': {\(name)} is not quoted; in \(seen.count) of its tasks the value contains "
          + "characters with a meaning for the shell, such as '\(example)' in '\(workflow.tasks.name(seen.task))'; "
          + "{\(name):q} quotes it"
      }
    }
  }
}
