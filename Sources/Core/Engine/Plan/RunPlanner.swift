import JobmonExecution
import JobmonGraph
import JobmonModel
import JobmonStore

/// Determines what a run would do and whether it would be refused, with the run's own checks. Nothing is written and no
/// task is run. Clusters are started only to validate requests.
public struct RunPlanner {
  let registry: PluginRegistry
  let options: RunOptions
  let answersCallbacks: Bool
  let openStore: () throws -> (any Store)?
  let checkOptions: () throws -> Void
  let notice: (String) -> Void

  /// - Parameters:
  ///   - answersCallbacks: whether there is a program that answers callbacks.
  ///   - notice: called with the clusters' changes to requests.
  ///   - openStore: opens the store for reading; nil if there is none. Its refusal is a refusal of the run.
  ///   - checkOptions: checks what else the program would refuse before the run begins.
  public init(
    registry: PluginRegistry, options: RunOptions, answersCallbacks: Bool,
    notice: @escaping (String) -> Void, openStore: @escaping () throws -> (any Store)?,
    checkOptions: @escaping () throws -> Void = {}
  ) {
    self.registry = registry
    self.options = options
    self.answersCallbacks = answersCallbacks
    self.openStore = openStore
    self.checkOptions = checkOptions
    self.notice = notice
  }

  /// What is known of a workflow's tasks before a cluster is asked.
  struct Findings {
    var first = FirstRefusal()
    var record: WorkflowRecord?
    var changes: ChangePlan.Difference?
    var asksToHandOver: String?
    /// By task; empty if none is done.
    var isDone: [Bool] = []
    /// Attempts left by an earlier run, whose clusters would be asked for their state.
    var openInstances: [OpenInstance] = []
    /// Whether done tasks are checked, too, as in a run of a file.
    var checksDone = true
  }

  // MARK: A run of a file

  /// The plan of a run of this definition, or of its resume if the options request that.
  ///
  /// - Throws: ``RunRefusal`` if the definition is invalid; then there is no plan.
  public func plan(_ workflow: WorkflowDefinition) throws -> RunPlan {
    var findings = Findings()
    let store = try findings.first.catching(openStore) ?? nil
    _ = try findings.first.catching(checkOptions)
    do { try workflow.validate() } catch { throw findings.first.refusal ?? error }
    if let store {
      try compare(workflow, with: store, &findings)
    } else if options.resume, workflow.header.workflowArgs == nil {
      _ = try findings.first.catching { throw RunRefusal(BindRefusal.noArgs(unfinished: [])) }
    } else if options.resume, findings.first.refusal == nil {
      notice("there is no such workflow yet: a run starts it")
    }
    return try plan(workflow, options, findings)
  }

  /// Looks up the workflow in the store, and checks it as the run would.
  private func compare(_ workflow: WorkflowDefinition, with store: any Store, _ findings: inout Findings)
    throws
  {
    let binder = WorkflowBinder(store: store, options: options, notice: notice)
    guard let prepared = try findings.first.catching({ try binder.prepare(valid: workflow) }) else { return }
    guard let existing = prepared.existing, existing.isBound else {
      if options.resume { notice("there is no such workflow yet: a run starts it") }
      return
    }
    findings.record = existing
    guard let stored = try findings.first.catching({ try store.load(existing.id) }) else { return }
    findings.openInstances = stored.openInstances
    let plan: ChangePlan
    if existing.identity == prepared.identity.workflow {
      plan = ChangePlan(
        resuming: stored, as: workflow, rerunsChanged: options.resume && options.rerunChanged)
      if !plan.difference.arguments.isEmpty { findings.changes = plan.difference }
      let runsAgain = plan.difference.againCount > 0
      let isOver = try findings.first.catching { try binder.judge(existing, runsAgain: runsAgain) }
      if options.resume, isOver == false { try judgeHolder(of: existing.id, store, &findings) }
    } else {
      plan = ChangePlan(from: stored, to: workflow, keepsDone: options.changes == .acceptAndKeepDone)
      findings.changes = plan.difference
      _ = try findings.first.catching { try binder.judge(plan, of: existing) }
    }
    findings.isDone = plan.source.map { $0 >= 0 }
  }

  /// Checks whether a run that holds the workflow would be asked to hand over.
  private func judgeHolder(of workflow: WorkflowID, _ store: any Store, _ findings: inout Findings) throws {
    let holder = try findings.first.catching { try store.holder(of: workflow) } ?? nil
    guard let holder, !HostProcess(holder.driver).isKnownDead else { return }
    let words = LeaseRefusal.Holder(holder)
    if let why = LeaseSeeker.resistance(of: holder, options.requestedAt ?? .now) {
      _ = try findings.first.catching { throw RunRefusal(LeaseRefusal.held(workflow, words, why)) }
    } else {
      findings.asksToHandOver = words.description
    }
  }

  // MARK: A resume by id

  /// The plan of a resume of a stored workflow.
  ///
  /// - Throws: ``RunRefusal`` if the workflow does not exist or is incomplete.
  public func plan(resuming workflow: WorkflowID) throws -> RunPlan {
    var findings = Findings()
    guard let store = try findings.first.catching(openStore) ?? nil else {
      throw findings.first.refusal ?? RunRefusal(ResumeRefusal.unknown(workflow))
    }
    _ = try findings.first.catching(checkOptions)
    let record = try store.resumable(workflow)
    var options = options
    options.cluster = options.cluster ?? record.lastCluster
    let stored = try store.load(workflow)
    findings.record = record
    findings.checksDone = false
    findings.isDone = stored.statuses.map { $0 == .done }
    // A workflow that is done is not run, even if a run holds it.
    if record.status != .done {
      findings.openInstances = stored.openInstances
      try judgeHolder(of: workflow, store, &findings)
    }
    return try plan(stored.definition, options, findings)
  }

  // MARK: Requests of the tasks

  private func plan(_ workflow: WorkflowDefinition, _ options: RunOptions, _ findings: Findings) throws
    -> RunPlan
  {
    let header = workflow.header
    let folder = header.workingDirectory ?? options.workingDirectory
    let preflight = Preflight(
      registry: registry, options: options, runUUID: "00000000-0000-0000-0000-000000000000",
      mailbox: Mailbox<Message>(), notice: notice)
    defer { preflight.close(atOnce: true) }
    var first = findings.first
    let isDone = findings.isDone
    let entries = TaskShares(workflow) { !isDone.isEmpty && isDone[$0] }.entries
    let shares = try shares(entries, of: workflow, preflight, checksDone: findings.checksDone, &first)
    // Earlier runs' attempts are recovered on the clusters that started them.
    for cluster in Set(findings.openInstances.map(\.cluster)).sorted() {
      _ = try first.catching { try preflight.open(cluster, workingDirectory: folder) }
    }
    _ = try first.catching { try preflight.checkClocks() }
    let ones = [Float](repeating: 1, count: workflow.taskCount)
    // The graph was validated earlier, so it has no cycle.
    let criticalPath = try TaskGraph(workflow).bottomLevels(weights: ones).max() ?? 0
    return RunPlan(
      workflowID: findings.record?.id, name: header.name, workflowArgs: header.workflowArgs,
      tasksTotal: workflow.taskCount, tasksPreviouslyDone: isDone.count { $0 }, shares: shares,
      criticalPath: Int(criticalPath), folder: folder,
      limit: options.maxConcurrentlyRunning ?? header.maxConcurrentlyRunning, changes: findings.changes,
      asksToHandOver: first.refusal == nil ? findings.asksToHandOver : nil,
      warnings: UnquotedValues(workflow: workflow).warnings, refusal: first.refusal)
  }

  /// Determines the tasks' requests, and validates them until one is refused.
  private func shares(
    _ entries: [TaskShares.Entry], of workflow: WorkflowDefinition, _ preflight: Preflight, checksDone: Bool,
    _ first: inout FirstRefusal
  ) throws -> [RunPlan.Share] {
    struct Key: Hashable {
      var template: Int
      var cluster: String
      var settings: ResolvedSettings
    }
    var places: [Key: Int] = [:]
    var merged: [(key: Key, entry: TaskShares.Entry)] = []
    // A run ends with the first refusal. After a refusal, or if no task would run, no cluster is asked.
    var isRefused = false
    if entries.contains(where: { checksDone || $0.firstToRun != nil }) {
      isRefused = try first.catching { try preflight.lint(workflow) } == nil
    }
    for entry in entries {
      let task = checksDone ? entry.first : entry.firstToRun
      var key: Key?
      if let task, !isRefused {
        let profile = try first.catching { try preflight.profile(task, of: workflow) }
        isRefused = profile == nil
        key = profile.map {
          Key(template: entry.template, cluster: preflight.clusters[$0.cluster].name, settings: $0.settings)
        }
      }
      if key == nil {
        let (cluster, settings) = preflight.unchecked(entry.first, of: workflow)
        key = Key(template: entry.template, cluster: cluster, settings: settings)
      }
      if let place = places[key!] {
        merged[place].entry.tasks += entry.tasks
        merged[place].entry.done += entry.done
        merged[place].entry.firstToRun = merged[place].entry.firstToRun ?? entry.firstToRun
      } else {
        places[key!] = merged.count
        merged.append((key!, entry))
      }
    }
    if !answersCallbacks {
      _ = try first.catching { try Preflight.refuseCallbacks(merged.lazy.map(\.key.settings)) }
    }
    return merged.enumerated().sorted {
      ($0.element.key.template, $0.offset) < ($1.element.key.template, $1.offset)
    }
    .map { _, share in
      let template = workflow.templates[share.key.template]
      let example = share.entry.firstToRun ?? share.entry.first
      return RunPlan.Share(
        template: template.name, tasks: share.entry.tasks, done: share.entry.done, cluster: share.key.cluster,
        request: share.key.settings.request, maxAttempts: share.key.settings.maxAttempts,
        priority: share.key.settings.priority, limit: template.maxConcurrentlyRunning,
        example: workflow.tasks.name(example), command: workflow.command(example))
    }
  }
}
