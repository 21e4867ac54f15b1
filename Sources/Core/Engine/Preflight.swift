import Foundation
import JobmonExecution
import JobmonModel
import JobmonStore
import Logging

/// Refuses a run before anything is started: unknown clusters and queues, requests that no queue accepts, unusable
/// clusters.
final class Preflight {
  /// How long a backend may take to describe itself or to validate requests, in milliseconds.
  private static let patience: Int64 = 60_000

  let registry: PluginRegistry
  let options: RunOptions
  let runUUID: String
  let mailbox: Mailbox<Message>
  let notice: (String) -> Void
  /// Counts interrupts; nil if the check cannot be interrupted.
  private let interrupts: InterruptCount?

  private(set) var clusters: [OpenCluster] = []
  /// Requests as accepted by their cluster, by cluster.
  private var checked: [Int: [ResourceRequest: ResourceRequest]] = [:]
  private var said: Set<String> = []

  /// A cluster of this run, with its executor started.
  struct OpenCluster {
    var name: String
    var plugin: String
    var executor: any Executor
    var description: ExecutorDescription
  }

  init(
    registry: PluginRegistry, options: RunOptions, runUUID: String, mailbox: Mailbox<Message>,
    interrupts: InterruptCount? = nil, notice: @escaping (String) -> Void
  ) {
    self.interrupts = interrupts
    self.registry = registry
    self.options = options
    self.runUUID = runUUID
    self.mailbox = mailbox
    self.notice = notice
  }

  /// The resolved profiles of a definition's tasks.
  struct Profiles {
    var list: [EnginePlan.TaskProfile] = []
    /// Index in `list`, by task.
    var ofTask: [Int32] = []
  }

  /// Starts the clusters that the tasks use, resolves each task's request, and validates it.
  ///
  /// - Parameter isDone: tasks that will not run again are not validated.
  func profiles(of definition: WorkflowDefinition, isDone: (Int) -> Bool = { _ in false }) throws -> Profiles
  {
    try lint(definition)
    var profiles = Profiles()
    profiles.ofTask.reserveCapacity(definition.taskCount)
    var bySettings: [Int64: Int32] = [:]
    var known: [EnginePlan.TaskProfile: Int32] = [:]
    for task in 0..<definition.taskCount {
      let key = Int64(definition.tasks.template[task]) << 32 | Int64(definition.tasks.settings[task])
      if let place = bySettings[key] {
        profiles.ofTask.append(place)
        continue
      }
      if isDone(task) {
        // Such a task never runs, so any profile will do, unless a task to be run sets this one.
        profiles.ofTask.append(0)
        continue
      }
      let profile = try profile(task, of: definition)
      let place = known[profile] ?? Int32(profiles.list.count)
      if known[profile] == nil {
        known[profile] = place
        profiles.list.append(profile)
      }
      bySettings[key] = place
      profiles.ofTask.append(place)
    }
    if profiles.list.isEmpty { profiles.list.append(try profile(0, of: definition)) }
    return profiles
  }

  /// Warns about settings that may be mistakes.
  ///
  /// - Throws: ``RunRefusal`` for a compute resource that its cluster does not know.
  func lint(_ definition: WorkflowDefinition) throws {
    for warning in try DefinitionLint(registry, isAlone: false).warnings(definition) { warn(warning) }
  }

  /// - Throws: ``RunRefusal`` if the run would need a program that answers callbacks.
  static func refuseCallbacks(_ settings: some Sequence<ResolvedSettings>) throws {
    if let name = settings.lazy.flatMap(\.callbacks).first {
      throw RunRefusal(PreflightRefusal.noResolver(callback: name))
    }
  }

  /// The cluster that a task uses.
  func clusterName(of levels: [TaskSettings]) -> String {
    options.cluster ?? levels.lazy.compactMap(\.clusterName).first ?? "local"
  }

  /// Starts the task's cluster, resolves the task's request, and validates it.
  func profile(_ task: Int, of definition: WorkflowDefinition) throws -> EnginePlan.TaskProfile {
    let levels = definition.levels(task)
    let name = clusterName(of: levels)
    let place = try open(name, workingDirectory: definition.header.workingDirectory)
    for level in levels { try checkKeys(of: level, on: place, for: definition.tasks.name(task)) }
    var settings = ResolvedSettings(levels: levels, cluster: name, plugin: clusters[place].plugin)
    if let maxAttempts = options.maxAttempts { settings.maxAttempts = maxAttempts }
    settings.request = try accept(
      settings.request, fallback: settings.fallbackQueues, on: place, for: definition.tasks.name(task))
    return EnginePlan.TaskProfile(cluster: place, settings: settings)
  }

  /// The same from the definition alone, without the cluster, which may not exist.
  func unchecked(_ task: Int, of definition: WorkflowDefinition) -> (
    cluster: String, settings: ResolvedSettings
  ) {
    let levels = definition.levels(task)
    let name = clusterName(of: levels)
    let plugin = (try? registry.cluster(name))?.plugin ?? name
    var settings = ResolvedSettings(levels: levels, cluster: name, plugin: plugin)
    if let maxAttempts = options.maxAttempts { settings.maxAttempts = maxAttempts }
    return (name, settings)
  }

  /// Keys under a cluster's own name must be known there; unknown keys under `any` give a warning.
  private func checkKeys(of level: TaskSettings, on place: Int, for task: String) throws {
    let cluster = clusters[place]
    let known = cluster.description.resourceKeys
    for key in level.computeResources[cluster.name]?.other.keys.sorted() ?? [] where !known.contains(key) {
      throw DefinitionLint.unknownKey(key, of: "task '\(task)'", cluster: cluster.name, known: known)
    }
    for key in level.computeResources[TaskSettings.anyCluster]?.other.keys.sorted() ?? []
    where !known.contains(key) {
      let nearest = ResourceKey.nearest(to: key, among: ComputeResources.standardKeys + known)
      warn(
        "cluster \(cluster.name) has no compute resource '\(key)': ignored"
          + (nearest.map { "; did you mean '\($0)'?" } ?? ""))
    }
  }

  /// Prints a warning, once.
  private func warn(_ text: String) { if said.insert(text).inserted { notice("warning: \(text)") } }

  private func accept(_ request: ResourceRequest, fallback: [String], on place: Int, for task: String) throws
    -> ResourceRequest
  {
    let cluster = clusters[place]
    func refusal(_ why: String) -> RunRefusal {
      RunRefusal(PreflightRefusal.cannotRun(task: task, cluster: cluster.name, reason: why))
    }
    let queued: ResourceRequest
    switch QueueChoice(request, queues: cluster.description.queues, fallback: fallback) {
    case .fits(let request): queued = request
    case .impossible(let why): throw refusal(why)
    }
    if let known = checked[place]?[queued] { return known }
    cluster.executor.validate([queued])
    let verdict = try wait(for: cluster.name) { letter -> ResourceVerdict? in
      guard case .engine(.executor(place, .validated(let requests, let verdicts))) = letter else {
        return nil
      }
      return requests.firstIndex(of: queued).map { verdicts[$0] }
    }
    switch verdict {
    case .ok:
      checked[place, default: [:]][queued] = queued
      return queued
    case .coerced(let other, let why):
      if said.insert(why).inserted { notice("\(cluster.name): \(why)") }
      checked[place, default: [:]][queued] = other
      return other
    case .impossible(let why): throw refusal(why)
    }
  }

  /// The index of a cluster among those of the run; the first call starts the cluster.
  func open(_ name: String, workingDirectory: String?) throws -> Int {
    if let place = clusters.firstIndex(where: { $0.name == name }) { return place }
    let cluster = try registry.cluster(name)
    var settings = cluster.options
    if options.oversubscribe { settings["oversubscribe"] = .bool(true) }
    let executor = cluster.makeExecutor()
    let place = clusters.count
    var context = ExecutorContext(
      cluster: name, options: settings, runUUID: runUUID,
      workingDirectory: workingDirectory ?? options.workingDirectory, environment: options.environment,
      killGrace: options.killGrace, logger: Logger(label: "cluster.\(name)"))
    context.isResume = options.resume
    do {
      try executor.start(context, events: MailboxSink(mailbox: mailbox, cluster: place))
    } catch let error as ExecutorError {
      throw RunRefusal(ClusterRefusal.unusable(name, reason: error.description))
    }
    // Added before it answers, so that closing includes it in every case.
    clusters.append(
      OpenCluster(
        name: name, plugin: cluster.plugin, executor: executor,
        description: ExecutorDescription(maxBatch: 1, placement: .core([]), outlivesDriver: false)))
    let description = try wait(for: name) { letter -> ExecutorDescription? in
      if case .engine(.executor(place, .info(let description))) = letter { return description }
      return nil
    }
    if case .unavailable(let why) = description.health {
      throw RunRefusal(ClusterRefusal.unusable(name, reason: why))
    }
    if options.onInterrupt == .leave, !description.outlivesDriver {
      throw RunRefusal(PreflightRefusal.cannotLeave(cluster: name))
    }
    clusters[place].description = description
    if !description.outlivesDriver, !description.capabilities.contains(.simulates) {
      try checkFolders(context.workingDirectory)
    }
    return place
  }

  /// Cancels attempts left by a dead driver. Returns when none of them is running or will start.
  ///
  /// - Throws: ``RunRefusal`` if their cluster cannot be used, or does not answer.
  func end(_ orphans: [OpenInstance], workingDirectory: String?) throws {
    for (name, instances) in Dictionary(grouping: orphans, by: \.cluster).sorted(by: { $0.key < $1.key }) {
      let place = try open(name, workingDirectory: workingDirectory)
      notice("\(name): cancelling \(CountText.of(instances.count, "attempt")) left by a dead driver")
      let batches = Dictionary(grouping: instances) { $0.token }.sorted { $0.key < $1.key }
      clusters[place].executor.recover(
        batches.map { token, members in
          RecoverableBatch(
            token: token, resources: members[0].request,
            instances: members.map {
              RecoverableBatch.Instance(index: $0.index, instance: $0.instance, handle: $0.handle)
            }, cancel: true)
        })
      var left = Set(instances.map(\.instance))
      while !left.isEmpty {
        left.remove(
          try wait(for: name) { letter in
            switch letter {
            case .engine(.executor(place, .recovered(let instance, .absent))),
              .engine(.executor(place, .recovered(let instance, .ended))),
              .engine(.executor(place, .ended(let instance, _))):
              left.contains(instance) ? instance : nil
            default: nil
            }
          })
      }
    }
  }

  /// Acknowledges the recorded ends of these attempts.
  func acknowledge(_ orphans: [OpenInstance]) throws {
    for (name, instances) in Dictionary(grouping: orphans, by: \.cluster) {
      clusters[try open(name, workingDirectory: nil)].executor.acknowledge(instances.map(\.instance))
    }
  }

  /// Checks the working and log folders of commands on this machine.
  ///
  /// - Throws: ``RunRefusal`` with `invalid_usage` if a folder cannot be used, with its path and the reason.
  private func checkFolders(_ workingDirectory: String) throws {
    if let why = FolderCheck.fault(ofWorkingDirectory: workingDirectory) {
      throw RunRefusal(PreflightRefusal.workingDirectory(workingDirectory, reason: why))
    }
    if let why = FolderCheck.fault(ofLogs: options.logs) {
      throw RunRefusal(PreflightRefusal.logFolder(options.logs, reason: why))
    }
  }

  /// Checks that all clusters of a run use the same time: simulated clusters cannot be mixed with others.
  ///
  /// - Throws: ``RunRefusal`` with `invalid_usage`.
  func checkClocks() throws {
    guard clusters.count > 1, let simulated = clusters.first(where: { $0.executor.simulatedClock != nil })
    else {
      return
    }
    throw RunRefusal(
      PreflightRefusal.mixedClocks(
        simulated: simulated.name, others: clusters.map(\.name).filter { $0 != simulated.name }))
  }

  /// The user or the controlling program requested a stop while a cluster was awaited.
  struct Interrupted: Error {}

  /// Takes messages until one is an answer. Other messages are put back.
  ///
  /// - Throws: ``Interrupted``; ``RunRefusal`` with `cluster_unavailable` if the answer takes too long.
  private func wait<Answer>(for cluster: String, _ answer: (Message) -> Answer?) throws -> Answer {
    let deadline = Instant.now.monotonic + Self.patience
    var others: [Message] = []
    defer { mailbox.post(others) }
    while true {
      let left = deadline - Instant.now.monotonic
      guard left > 0 else {
        throw RunRefusal(ClusterRefusal.silent(cluster, milliseconds: Self.patience))
      }
      var found: Answer?
      var isInterrupted = false
      for letter in mailbox.take(within: left) {
        if case .interrupt = letter { isInterrupted = true }
        if found == nil, let answer = answer(letter) { found = answer } else { others.append(letter) }
      }
      if isInterrupted { throw Interrupted() }
      if let found { return found }
    }
  }

  /// Closes the executors.
  ///
  /// - Parameter atOnce: do not wait for a clean end of running tasks.
  func close(atOnce: Bool = false) {
    for cluster in clusters { close(cluster, atOnce: atOnce) }
    clusters = []
  }

  /// Seconds to wait for a cluster that is closed at once.
  private static let shortPatience = 1.0
  /// Seconds before the user is told which cluster is awaited.
  private static let silence = 2.0

  /// Closes a cluster. A further Ctrl-C shortens the wait if the executor supports that.
  private func close(_ cluster: OpenCluster, atOnce: Bool) {
    let mode: ExecutorStopMode = atOnce || cluster.description.outlivesDriver ? .leaveRunning : .cancelAll
    guard let executor = cluster.executor as? any AbandonableExecutor else {
      return cluster.executor.stop(mode)
    }
    let isOver = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      executor.stop(mode)
      isOver.signal()
    }
    let before = interrupts?.value ?? 0
    let began = DispatchTime.now()
    var isTold = false
    while isOver.wait(timeout: .now() + 0.05) == .timedOut {
      if atOnce && DispatchTime.now() > began + Self.shortPatience || interrupts?.value ?? 0 > before {
        executor.abandon()
        return isOver.wait()
      }
      if !isTold, DispatchTime.now() > began + Self.silence {
        isTold = true
        notice("waiting for cluster \(cluster.name) to end; press Ctrl-C to stop waiting")
      }
    }
  }
}
