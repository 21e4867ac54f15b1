import Foundation
import GuardedFiles
import JobmonAdmission
import JobmonExecution
import JobmonModel
import JobmonStore

/// Connects the engine to the outside: takes messages, commits the records of each turn, then calls the executors.
final class Driver {
  let store: any Store
  let options: RunOptions
  let observer: any RunObserver
  let mailbox: Mailbox<Message>
  let keeper: LeaseKeeper
  let clusters: [Preflight.OpenCluster]
  let texts: TaskTexts
  let run: WorkflowRunID
  var engine: Engine
  var report: RunReport
  let recorder: EngineRecorder?
  let resolver: (any ResourceResolver)?
  private let runLog: RunLog
  /// The simulated clock; nil if time is not simulated.
  let clock: (any SimulatedClock)?
  private lazy var committer = makeCommitter()
  /// Outcomes that are committed but may not be synced, with the mark of their commit.
  private var unacknowledged: [(mark: Int64, cluster: Int, instances: [TaskInstanceID])] = []
  private var commits: Int64 = 0
  /// All commits up to this mark are synced.
  private var syncedCommits: Int64 = 0
  private var interrupts = 0
  /// The resume that has requested the workflow, once reported.
  private var askedBy: String?
  private var ending: RunEnding?
  /// Ids of the rerun requests already passed to the engine.
  private var takenReruns: Set<Int64> = []
  private var attributeFiles = AttributeFiles()
  private var logDisk = LogDisk()
  /// This run's share of this machine, by cluster.
  private let admissions: [Int: HostAdmission]

  init(
    for runner: WorkflowRunner, _ options: RunOptions, keeper: LeaseKeeper, clusters: [Preflight.OpenCluster],
    texts: TaskTexts, engine: Engine, report: RunReport, recorder: EngineRecorder?,
    admissions: [Int: HostAdmission]
  ) {
    store = runner.store
    observer = runner.observer
    mailbox = runner.mailbox
    resolver = runner.resolver
    run = texts.run
    self.options = options
    self.keeper = keeper
    self.clusters = clusters
    self.texts = texts
    self.recorder = recorder
    self.admissions = admissions
    self.engine = engine
    self.report = report
    runLog = RunLog(path: texts.logFolder + "/run.log")
    clock = clusters.lazy.compactMap { $0.executor.simulatedClock }.first
  }

  private func makeCommitter() -> any Committer {
    let transaction = RunTransaction(store: store, run: run)
    // Observers of events receive them in the order of time.
    let order = observer.wantsEvents ? nil : AttemptOrder(engine.plan.graph)
    return clock == nil
      ? DirectCommitter(transaction, order: order) { [unowned self] in note($0, synced: $1) }
      : SimulatedCommitter(transaction, order: order) { [unowned self] in note($0, synced: false) }
  }

  /// The time for the engine and the history.
  var now: Instant { clock?.now ?? .now }

  /// Runs turns until the run is over.
  ///
  /// - Throws: ``StoreError`` if the store failed, including `leaseLost`; ``EngineError``.
  func drive() throws -> RunEnding {
    // However the run ends, no write may still be in progress afterwards. An earlier error has precedence.
    defer { try? committer.waitForStore() }
    if clock != nil { try store.expectBulk() }
    for open in texts.workflow.openInstances {
      let files = texts.logFiles(open.task, instance: open.instance, request: open.request)
      attributeFiles.expect(files.attributes, of: open.instance)
    }
    let unshared = admissions.keys.sorted().map { EngineEvent.share(cluster: $0, .none) }
    try turn(unshared + [.begin, .instanceIDs(try reserve(min(max(report.tasksTotal, 16), 1024)))])
    while true {
      try admit()
      if let ending {
        try committer.commitAll()
        try acknowledgeTheRest()
        return ending
      }
      try handle(try messages())
    }
  }

  /// Waits for messages, or until something is due.
  private func messages() throws -> [Message] {
    let due = ([committer.due, engine.wakeAt, logDisk.due] + admissions.values.map(\.due)).compactMap { $0 }
      .min()
    guard let clock else { return mailbox.take(within: due.map { max(0, $0 - now.monotonic) }) }
    let waiting = mailbox.take(within: 0)
    guard waiting.isEmpty else { return waiting }
    // While the run is paused, the simulated clock stops. Otherwise it would advance forever, with nodes going up and
    // down.
    guard let next = [due, engine.isPaused ? nil : clock.next].compactMap({ $0 }).min() else {
      try committer.commitAll()
      return mailbox.take(within: nil)
    }
    clock.advance(to: next)
    return mailbox.take(within: 0)
  }

  private func handle(_ messages: [Message]) throws {
    var events: [EngineEvent] = []
    for message in messages {
      switch message {
      case .engine(.executor(let cluster, .log(let level, let text))):
        log(cluster, level, text)
      case .engine(let event): events += confirmed(event)
      case .interrupt:
        let order = interruption()
        events.append(.stop(order))
        observer.interrupted(told(order))
      case .keeper(.controls(let controls)): events += try carryOut(controls)
      case .keeper(.synced(let mark)):
        syncedCommits = max(syncedCommits, mark)
        acknowledge(upTo: mark)
      case .keeper(.leaseLost): throw StoreError.leaseLost(nil)
      case .keeper(.storeGone(let error)): throw error
      case .keeper(.failed(let error)): observer.noticed(error)
      }
    }
    let now = now.monotonic
    if let due = committer.due, due <= now { try committer.commitAll() }
    if logDisk.hasRoomAgain(now: now, notice: { observer.noticed($0) }) {
      events.append(.logDisk(isFull: false))
    }
    if events.isEmpty {
      guard let wakeAt = engine.wakeAt, wakeAt <= now else { return }
      events.append(.tick)
    }
    try turn(events)
  }

  /// The events to pass to the engine. An attempt's report of a full log disk is passed on only after checking the
  /// disk.
  private func confirmed(_ event: EngineEvent) -> [EngineEvent] {
    switch event {
    case .executor(let cluster, .ended(let instance, let outcome)) where outcome.isLogDiskFull == true:
      let (outcome, before) = confirm(outcome, of: instance)
      return before + [.executor(cluster, .ended(instance, outcome))]
    case .executor(let cluster, .recovered(let instance, .ended(let outcome)))
    where outcome.isLogDiskFull == true:
      let (outcome, before) = confirm(outcome, of: instance)
      return before + [.executor(cluster, .recovered(instance, .ended(outcome)))]
    default: return [event]
    }
  }

  /// - Returns: the outcome, and the events to pass to the engine before it.
  private func confirm(_ outcome: Outcome, of instance: TaskInstanceID) -> (Outcome, [EngineEvent]) {
    let wasFull = logDisk.isFull
    if logDisk.confirm(
      logFolders(of: instance), now: now.monotonic, notice: { observer.noticed($0) })
    {
      return (outcome, wasFull ? [] : [.logDisk(isFull: true)])
    }
    var outcome = outcome
    outcome.isLogDiskFull = nil
    return (outcome, [])
  }

  /// The folders of an attempt's log files.
  private func logFolders(of instance: TaskInstanceID) -> [String] {
    let request: ResourceRequest
    let task: TaskIndex
    if let attempt = engine.tasks.attempt(instance) {
      (task, request) = (attempt.task, engine.placer.request(of: attempt.group))
    } else if let earlier = texts.workflow.openInstances.first(where: { $0.instance == instance }) {
      (task, request) = (earlier.task, earlier.request)
    } else {
      return []
    }
    let files = texts.logFiles(task, instance: instance, request: request)
    let folders = [files.stdout, files.stderr].map { LogPath.split($0).folder }
    return folders[0] == folders[1] ? [folders[0]] : folders
  }

  /// Writes a cluster's message to the run's log, and shows it to the user if it is important.
  private func log(_ cluster: Int, _ level: LogLevel, _ text: String) {
    let name = clusters[cluster].name
    if let why = runLog.append(name, level, text) { observer.noticed(why) }
    if level == .warning || level == .error || options.isVerbose { observer.noticed("\(name): \(text)") }
  }

  /// Whether a second interrupt has arrived.
  var leavesAtOnce: Bool { interrupts > 1 }

  private func interruption() -> StopOrder {
    interrupts += 1
    if leavesAtOnce { return StopOrder(running: .leave, ending: .interrupted) }
    let running: StopOrder.Running =
      switch options.onInterrupt {
      case .cancel: .cancelAll
      case .leave: .leave
      case nil: .cancelLocal
      }
    return StopOrder(running: running, ending: .interrupted)
  }

  /// Describes an interrupt for the user.
  private func told(_ order: StopOrder) -> RunInterruption {
    var told = RunInterruption(
      cancelled: [], left: [], running: texts.names(of: engine.runningTasks), again: leavesAtOnce)
    for fate in engine.fates(by: order.running) {
      let share = RunInterruption.Share(
        cluster: clusters[fate.cluster].name,
        isThisMachine: clusters[fate.cluster].description.machine != nil, tasks: fate.tasks)
      if fate.isCancelled { told.cancelled.append(share) } else { told.left.append(share) }
    }
    return told
  }

  private func carryOut(_ controls: RunControls) throws -> [EngineEvent] {
    guard controls.holdsLease else { throw StoreError.leaseLost(nil) }
    let limits = controls.templateLimits.sorted { $0.key < $1.key }
    var events: [EngineEvent] = [
      .limits(
        workflow: controls.workflowLimit,
        templates: limits.map { EngineEvent.Limit(template: $0.key, limit: $0.value) })
    ]
    switch controls.stop {
    case .stop(let cancel, let by):
      events.append(.stop(StopOrder(running: cancel ? .cancelAll : .finish, ending: .stopped(by: by))))
    case .takeOver(let by, let cold):
      if askedBy != by {
        observer.noticed("another jobmon is taking over (run \(by)): no new tasks")
      }
      askedBy = by
      events.append(.stop(StopOrder(running: cold ? .cancelAll : .finish, ending: .takenOver(by: by))))
    case nil: break
    }
    return events + reruns(controls.reruns)
  }

  /// The events for rerun requests. A stopping run does not answer them: the program that sent the request starts a new
  /// run after this one.
  private func reruns(_ requests: [RerunRequest]) -> [EngineEvent] {
    guard !engine.isStopping, !engine.isFinished else { return [] }
    return requests.filter { takenReruns.insert($0.id).inserted }.map { request in
      KillPoint.reached("driver.rerun.before")
      return .rerun(request)
    }
  }

  // MARK: Turns

  /// Exchanges demand and shares with the other runs on this machine.
  private func admit() throws {
    for (cluster, admission) in admissions.sorted(by: { $0.key < $1.key }) where ending == nil {
      let time = now.monotonic
      guard admission.isDue(isShort: engine.waitsForShare(on: cluster), now: time) else { continue }
      guard let share = admission.look(engine.hostDemand(on: cluster), now: time, notice: observer.noticed)
      else { continue }
      try turn([.share(cluster: cluster, share)])
    }
  }

  private func turn(_ events: [EngineEvent]) throws {
    let now = now
    let actions = try engine.turn(events, now: now)
    if let why = recorder?.record(events, now, actions) { observer.noticed(why) }
    var records: [Transition] = []
    var tellsOutlivers = false
    var dependsOnCommit = false
    for action in actions {
      switch action {
      case .record(let transition):
        records.append(transition)
        if !transition.isNews { dependsOnCommit = true }
      case .submit(let submission):
        if clusters[submission.cluster].description.outlivesDriver, !submission.isRecorded {
          tellsOutlivers = true
        }
      default: break
      }
    }
    for case .submit(let submission) in actions where submission.isRecorded { try submit(submission) }
    try committer.take(
      attributeFiles.isEmpty ? records : records.map(withAttributes), isAwaited: dependsOnCommit,
      synced: tellsOutlivers, now: now.monotonic)
    for case .rerun(let record) in records { try tell(record) }
    for action in actions { try perform(action) }
    if !actions.isEmpty { observer.progressed(progress) }
  }

  /// The counts, with the names of the failed tasks that block others.
  private var progress: RunProgress {
    var progress = engine.progress
    for template in progress.blocked.indices {
      guard let task = progress.blocked[template]?.by else { continue }
      progress.blocked[template]?.name = texts.name(task)
    }
    return progress
  }

  /// Reports a rerun. The program that requested it waits for the commit, so commits first.
  private func tell(_ record: RerunRecord) throws {
    try committer.commitAll()
    KillPoint.reached("driver.rerun.after")
    guard record.obstacle == nil else { return }
    observer.noticed(
      "rerun by \(record.user): \(CountText.of(record.count, "task runs", plural: "tasks run")) again")
  }

  private func note(_ written: [CommitSlicer.Written], synced: Bool) {
    for slice in written {
      attributeFiles.removeRead()
      commits += 1
      keeper.noteCommit(commits)
      report.note(slice.transitions)
      if observer.wantsEvents {
        observer.changed(texts.events(of: slice.transitions, firstSeq: slice.firstSeq))
      }
    }
    if synced { syncedCommits = commits }
  }

  /// Adds the attributes that the command wrote.
  private func withAttributes(_ record: Transition) -> Transition {
    guard case .ended(var end) = record,
      let written = attributeFiles.take(end.instance, fault: { observer.noticed($0) })
    else { return record }
    end.attributes = written
    return .ended(end)
  }

  private func perform(_ action: EngineAction) throws {
    switch action {
    case .record: break
    case .submit(let submission):
      if !submission.isRecorded { try submit(submission) }
    case .cancel(let cluster, let instances):
      try tell("cancel") { clusters[cluster].executor.cancel(instances) }
    case .withdraw(let cluster, let instances):
      try tell("withdraw") { clusters[cluster].executor.withdraw(instances) }
    case .validate(let cluster, let requests):
      clusters[cluster].executor.validate(requests)
    case .recover(let cluster, let batches):
      try tell("recover") { clusters[cluster].executor.recover(batches) }
    case .acknowledge(let cluster, let instances):
      unacknowledged.append((commits, cluster, instances))
    case .resolve(let order): resolve(order)
    case .reserveInstanceIDs(let count):
      mailbox.post([.engine(.instanceIDs(try reserve(count)))])
    case .failed(let attempt):
      let task = texts.failedTask(attempt)
      if !attempt.willRetry { report.noteFatal(task) }
      observer.failed(task, attempt: attempt.attempt, willRetry: attempt.willRetry)
    case .notice(let text): observer.noticed(text)
    case .finish(let ending): self.ending = ending
    }
  }

  /// Asks the callback, which may answer later and on any thread.
  private func resolve(_ order: ResourceOrder) {
    let mailbox = mailbox
    guard let resolver else {
      return mailbox.post([.engine(.resolved(order.task, .failed("this program cannot answer callbacks")))])
    }
    resolver.resolve(texts.question(order)) { answer in
      mailbox.post([.engine(.resolved(order.task, answer))])
    }
  }

  /// Calls an executor, after checking that this run still holds its workflow. A driver that was suspended for longer
  /// than its lease must not act when it continues.
  private func tell(_ call: String, _ body: () -> Void) throws {
    let allowed = Milliseconds.of(seconds: min(60, 2 * options.heartbeatInterval))
    if Instant.now.monotonic - keeper.lastBeat > allowed {
      guard try store.beat(run) else { throw StoreError.leaseLost(nil) }
      keeper.noteBeat()
    }
    KillPoint.reached("driver.\(call).before")
    body()
    KillPoint.reached("driver.\(call).after")
  }

  private func submit(_ submission: Submission) throws {
    if clock != nil {
      let batch = texts.simulatedBatch(for: submission)
      return try tell("submit") { clusters[submission.cluster].executor.submit(batch) }
    }
    // Records of an earlier turn are committed, but may not be synced.
    if submission.isRecorded, clusters[submission.cluster].description.outlivesDriver { try syncCommits() }
    let ready = texts.batch(for: submission)
    let failed = writeFiles(of: ready)
    var batch = ready.batch
    if !failed.isEmpty { batch.tasks.removeAll { failed[$0.instance] != nil } }
    for (attempt, path) in zip(submission.attempts, ready.attributeFiles) {
      attributeFiles.expect(path, of: attempt.instance)
    }
    if !batch.tasks.isEmpty {
      try tell("submit") { clusters[submission.cluster].executor.submit(batch) }
    }
    mailbox.post(
      failed.sorted { $0.key < $1.key }.map { instance, fault in
        .engine(
          .executor(submission.cluster, .ended(instance, Outcome(unwritten: fault))))
      })
  }

  /// Writes the files that the commands need.
  ///
  /// - Returns: the attempts that cannot be started because a file cannot be written.
  private func writeFiles(of ready: TaskTexts.ReadyBatch) -> [TaskInstanceID: FileFault] {
    var failed: [TaskInstanceID: FileFault] = [:]
    if let folder = ready.attributeFolder,
      let fault = attributeFiles.makeFolder(folder, fault: { observer.noticed($0) })
    {
      for task in ready.batch.tasks { failed[task.instance] = fault }
    }
    for (instance, file) in ready.argumentFiles where failed[instance] == nil {
      do throws(FileFault) { try file.write() } catch { failed[instance] = error }
    }
    return failed
  }

  /// With simulated time, reserves all ids at once, because later the store is busy with commits.
  private func reserve(_ wanted: Int) throws -> Range<TaskInstanceID> {
    let count =
      clock == nil
      ? wanted : max(wanted, report.tasksTotal - max(report.tasksPreviouslyDone, engine.doneCount))
    try committer.waitForStore()
    KillPoint.reached("driver.reserve.before")
    return try store.reserveInstanceIDs(count)
  }

  /// Prevents clusters that outlive the driver from keeping outcomes forever.
  private func acknowledgeTheRest() throws {
    guard unacknowledged.contains(where: { clusters[$0.cluster].description.outlivesDriver }) else { return }
    try syncCommits()
    acknowledge(upTo: commits)
  }

  /// Makes all commits survive a power failure.
  private func syncCommits() throws {
    guard syncedCommits < commits else { return }
    KillPoint.reached("driver.sync.before")
    try store.sync()
    syncedCommits = commits
  }

  private func acknowledge(upTo mark: Int64) {
    guard !unacknowledged.isEmpty else { return }
    var synced: [[TaskInstanceID]] = Array(repeating: [], count: clusters.count)
    let count = unacknowledged.prefix { $0.mark <= mark }.count
    for entry in unacknowledged.prefix(count) { synced[entry.cluster] += entry.instances }
    unacknowledged.removeFirst(count)
    for (cluster, instances) in synced.enumerated() where !instances.isEmpty {
      clusters[cluster].executor.acknowledge(instances)
    }
  }
}

extension Outcome {
  /// The outcome of an attempt that was not submitted because a file for its command cannot be written.
  fileprivate init(unwritten fault: FileFault) {
    self.init(
      cause: .launchFailure, ended: .now, message: "cannot write \(fault.path): \(fault)",
      isPermanent: fault.isLasting ? true : nil, isLogDiskFull: fault.isFullDisk ? true : nil)
  }
}

extension Transition {
  /// Whether nothing depends on the commit of this transition.
  var isNews: Bool {
    switch self {
    case .started, .usage: true
    default: false
    }
  }
}
