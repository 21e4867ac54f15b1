import Foundation
import JobmonAdmission
import JobmonExecution
import JobmonGraph
import JobmonModel
import JobmonStore
import OSText

/// One run of one workflow, from the check whether it may run to its last commit.
final class RunSession {
  let runner: WorkflowRunner
  let preflight: Preflight
  let runUUID = UUID().uuidString.lowercased()
  let began = Instant.now

  init(_ runner: WorkflowRunner, options: RunOptions) {
    self.runner = runner
    self.options = options
    let observer = runner.observer
    preflight = Preflight(
      registry: runner.registry, options: options, runUUID: runUUID, mailbox: runner.mailbox,
      interrupts: runner.interrupts, notice: { observer.noticed($0) })
  }

  private var store: any Store { runner.store }
  private let options: RunOptions

  /// Checks whether a stored workflow with the same identity may be run (nil) or is done (its result).
  func judge(_ existing: WorkflowRecord, _ prepared: WorkflowBinder.Prepared) throws -> RunResult? {
    let binder = WorkflowBinder(store: store, options: options, notice: runner.observer.noticed)
    let runsAgain = try options.resume && runsAgain(existing, prepared)
    return try binder.judge(existing, runsAgain: runsAgain) ? alreadyDone(existing) : nil
  }

  /// Reports DONE tasks whose op_args have changed; resets them if that was requested.
  ///
  /// - Returns: whether anything has to be rerun.
  private func runsAgain(_ existing: WorkflowRecord, _ prepared: WorkflowBinder.Prepared) throws -> Bool {
    let changed = try store.tasksWithOtherOpArgs(in: existing.id, prepared.definition, prepared.identity)
    if changed.isEmpty { return false }
    let tasks = CountText.of(changed.count, "task that is DONE has", plural: "tasks that are DONE have")
    guard options.rerunChanged else {
      runner.observer.noticed(
        "\(tasks) changed op_args and \(changed.count == 1 ? "keeps its result" : "keep their results")",
        advice: .rerunChanged)
      return false
    }
    let count = try store.runAgain(
      changed, of: existing.id, by: Operator(uid: getuid(), user: CurrentUser.name))
    runner.observer.noticed(
      "\(tasks) changed op_args: \(CountText.of(count, "task")) rerun, including those downstream")
    return true
  }

  func alreadyDone(_ record: WorkflowRecord) throws -> RunResult {
    let total = try store.load(record.id).definition.taskCount
    runner.observer.noticed("workflow \(record.id) is DONE: nothing to run")
    return RunResult(
      workflowID: record.id, workflowRunID: nil, name: record.name, workflowArgs: record.workflowArgs,
      status: .done,
      tasksTotal: total, tasksDone: total, tasksPreviouslyDone: total, tasksFatal: 0, tasksPending: 0,
      retries: 0,
      elapsedSeconds: 0, failedTasks: [], reason: nil, slowestTasks: [])
  }

  /// - Throws: ``RunRefusal`` if tasks have callbacks and there is no program to answer them.
  func refuseUnanswered(_ profiles: Preflight.Profiles) throws {
    if runner.resolver == nil { try Preflight.refuseCallbacks(profiles.list.lazy.map(\.settings)) }
  }

  /// Closes the clusters after `body`, however it ends.
  func withClusters(_ body: () throws -> RunResult) throws -> RunResult {
    defer { preflight.close() }
    return try body()
  }

  /// Takes the lease, loads the stored workflow, and drives it to its end.
  func run(_ workflow: WorkflowID) throws -> RunResult {
    let record = try store.find(workflow)
    let cluster = options.cluster ?? preflight.clusters.first?.name ?? "local"
    let driver = driverRecord(cluster: cluster)
    let seeker = LeaseSeeker(
      store: store, options: options, driver: driver, began: options.requestedAt ?? began.wall,
      isInterrupted: { [runner] in runner.interrupts.isAny },
      notice: { [runner] in runner.observer.noticed($0) })
    guard let (run, seq) = try seeker.acquire(workflow) else {
      return interrupted(workflow, record)
    }
    tellChange(
      seq, run, workflow, from: (nil, record?.status), to: (.running, .running))
    let keeper = LeaseKeeper(
      store: runner.heartbeatStore, run: run, beatInterval: options.heartbeatInterval,
      report: { [mailbox = runner.mailbox] in mailbox.post([.keeper($0)]) })
    keeper.start()
    defer { keeper.stop() }

    let driving: Driver
    do {
      driving = try prepare(workflow, run: run, keeper: keeper)
    } catch is Preflight.Interrupted {
      preflight.close(atOnce: true)
      close(run, .stopped, workflow, record)
      return interrupted(workflow, record, run)
    } catch {
      close(run, .error, workflow, record)
      throw error
    }
    return try drive(driving, run: run)
  }

  /// Closes a run that has started nothing; its workflow is as before.
  private func close(
    _ run: WorkflowRunID, _ status: WorkflowRunStatus, _ workflow: WorkflowID, _ record: WorkflowRecord?
  ) {
    let before = record?.status ?? .halted
    do {
      let seq = try store.closeRun(run, status: status, workflow: before, ending: nil, runtimes: [])
      tellChange(
        seq, run, workflow, from: (.running, .running), to: (status, before))
    } catch {
      runner.observer.noticed("run \(run) could not be closed (\(error)); the next run closes it")
    }
  }

  private func prepare(_ workflow: WorkflowID, run: WorkflowRunID, keeper: LeaseKeeper) throws -> Driver {
    let stored = try store.load(workflow)
    let definition = stored.definition
    // Earlier runs' open instances are recovered on the clusters that started them.
    for instance in stored.openInstances {
      _ = try preflight.open(instance.cluster, workingDirectory: definition.header.workingDirectory)
    }
    let profiles = try preflight.profiles(of: definition) { stored.statuses[$0] == .done }
    try refuseUnanswered(profiles)
    try preflight.checkClocks()
    var policy = EnginePolicy()
    policy.failFast = options.failFast
    policy.timeout = options.secondsUntilTimeout.map { Milliseconds.of(seconds: $0) }
    policy.infrastructureAttempts = options.infrastructureAttempts
    policy.backoffFirst = Milliseconds.of(seconds: options.backoffFirst)
    policy.backoffMax = Milliseconds.of(seconds: options.backoffMax)
    policy.coldResume = options.resetRunningJobs
    let graph: TaskGraph
    do {
      graph = try TaskGraph(definition)
    } catch {
      throw StoreError.corrupt(path: "", "the tasks of workflow \(workflow) form a cycle")
    }
    let limit = options.maxConcurrentlyRunning ?? definition.header.maxConcurrentlyRunning
    let plan = EnginePlan(
      graph: graph, template: definition.tasks.template, profile: profiles.ofTask, statuses: stored.statuses,
      templates: definition.templates.map {
        EnginePlan.TemplatePolicy(
          limit: $0.maxConcurrentlyRunning, retryExitCodes: $0.retryExitCodes,
          noRetryExitCodes: $0.noRetryExitCodes)
      },
      profiles: profiles.list,
      clusters: preflight.clusters.map { EnginePlan.ClusterPlan(name: $0.name, description: $0.description) },
      openInstances: stored.openInstances,
      resourceFailures: options.useOriginalResources ? [] : stored.resourceFailures,
      runtimes: stored.runtimes, taskRuntimes: stored.taskRuntimes,
      workflowLimit: limit, policy: policy, tokenPrefix: ExecutorContext.tokenPrefix(runUUID: runUUID),
      started: began)
    let texts = TaskTexts(
      workflow: stored, run: run, storeID: store.id, logs: options.logs,
      clusters: preflight.clusters.map(\.name))
    let report = RunReport(stored)
    runner.observer.began(
      RunStart(
        workflowID: workflow, workflowRunID: run, name: stored.record.name,
        workflowArgs: stored.record.workflowArgs,
        tasksTotal: report.tasksTotal, tasksPreviouslyDone: report.tasksPreviouslyDone,
        templates: definition.templates.map(\.name), folder: stored.record.workingDirectory))
    tellPauses(limit, definition, workflow)
    let recorder = try OSText.variable("JOBMON_RECORD").map {
      try EngineRecorder(path: $0, plan: plan)
    }
    return Driver(
      for: runner, options, keeper: keeper, clusters: preflight.clusters, texts: texts, engine: Engine(plan),
      report: report, recorder: recorder, admissions: admissions(of: "\(store.id)/\(workflow)"))
  }

  /// Reports limits of 0, which prevent tasks from starting. Without a notice, the run would seem to hang.
  private func tellPauses(_ limit: Int?, _ definition: WorkflowDefinition, _ workflow: WorkflowID) {
    func tell(_ what: String, _ template: String? = nil) {
      runner.observer.noticed(
        "\(what) is paused (limit 0)", advice: .raiseLimit(workflow, template: template))
    }
    if limit == 0 { tell("the workflow") }
    for template in definition.templates where template.maxConcurrentlyRunning == 0 {
      tell("template '\(template.name)'", template.name)
    }
  }

  /// This run's admission to this machine, for each cluster whose tasks run here.
  private func admissions(of workflow: String) -> [Int: HostAdmission] {
    guard preflight.clusters.allSatisfy({ $0.executor.simulatedClock == nil }) else { return [:] }
    let variable = ClaimFolder.variable + "="
    let folder = options.environment.last { $0.hasPrefix(variable) }.map {
      String($0.dropFirst(variable.count))
    }
    var admissions: [Int: HostAdmission] = [:]
    for (place, cluster) in preflight.clusters.enumerated() {
      guard let machine = cluster.description.machine, case .core(let nodes) = cluster.description.placement,
        let node = nodes.first
      else { continue }
      do {
        admissions[place] = try HostAdmission(
          node: node, machine: machine, folder: folder ?? ClaimFolder.standard, name: "\(runUUID).\(place)",
          workflow: workflow)
      } catch {
        runner.observer.noticed(
          "cluster \(cluster.name) uses all of this machine; it does not share it with other runs: "
            + "\(folder ?? ClaimFolder.standard): "
            + ((error as? POSIXError).map { String(cString: strerror($0.code.rawValue)) } ?? "\(error)"))
      }
    }
    return admissions
  }

  private func drive(_ driver: Driver, run: WorkflowRunID) throws -> RunResult {
    var ending: RunEnding
    do {
      ending = try driver.drive()
    } catch StoreError.leaseLost(let by) {
      // The run that now holds the workflow decides about jobs that outlive this driver. The others must be ended here.
      preflight.close()
      return result(
        of: driver, .terminated, "another run has taken over" + (by.map { ": run \($0)" } ?? ""))
    }
    preflight.close(atOnce: driver.leavesAtOnce)
    if driver.engine.doneCount == driver.report.tasksTotal { ending = .exhausted }
    let isDone = driver.engine.doneCount == driver.report.tasksTotal
    let (status, runStatus, workflowStatus, reason):
      (RunResult.Status, WorkflowRunStatus, WorkflowStatus, String?) =
        switch ending {
        case .exhausted where isDone: (.done, .done, .done, nil)
        case .exhausted: (.error, .error, .failed, nil)
        case .failFast, .timeout: (.error, .error, .failed, ending.words)
        case .interrupted, .stopped: (.stopped, .stopped, .halted, ending.words)
        case .takenOver: (.terminated, .terminated, .halted, ending.words)
        }
    KillPoint.reached("driver.close.before")
    let seq = try store.closeRun(
      run, status: runStatus, workflow: workflowStatus, ending: ending, runtimes: driver.report.runtimes)
    KillPoint.reached("driver.close.after")
    tellChange(
      seq, run, driver.texts.workflow.record.id,
      from: (.running, .running), to: (runStatus, workflowStatus))
    let result = result(of: driver, status, reason)
    if status != .terminated, let command = driver.texts.workflow.definition.header.onFinish {
      finish(command, of: result, driver)
    }
    return result
  }

  /// Runs the workflow's `on_finish` command, independent of the run's clusters.
  private func finish(_ command: String, of result: RunResult, _ driver: Driver) {
    guard !driver.leavesAtOnce else {
      return runner.observer.noticed("on_finish was not run: the run was interrupted twice")
    }
    let finish = FinishCommand(
      command, of: result, run: driver.run, runUUID: runUUID, options: options, logs: driver.texts.logFolder,
      in: driver.texts.workflow.record.workingDirectory)
    KillPoint.reached("driver.finish.before")
    finish.run(runner.mailbox, by: runner.registry.makeCommandExecutor) { runner.observer.noticed($0) }
    KillPoint.reached("driver.finish.after")
  }

  /// The changes at the start and the end of a run: its own status and its workflow's.
  private func tellChange(
    _ seq: Int64, _ run: WorkflowRunID, _ workflow: WorkflowID,
    from: (run: WorkflowRunStatus?, workflow: WorkflowStatus?),
    to: (run: WorkflowRunStatus, workflow: WorkflowStatus)
  ) {
    guard runner.observer.wantsEvents else { return }
    let own = Change(
      seq: seq, time: .now, workflow: workflow, run: run, .run(run, from: from.run, to: to.run, why: nil))
    let its = Change(
      seq: own.lastSeq + 1, time: own.time, workflow: workflow, run: run,
      .workflow(from: from.workflow, to: to.workflow, why: nil))
    runner.observer.changed(own.events + its.events)
  }

  private func result(of driver: Driver, _ status: RunResult.Status, _ reason: String?) -> RunResult {
    let engine = driver.engine
    let report = driver.report
    let record = driver.texts.workflow.record
    return RunResult(
      workflowID: record.id, workflowRunID: driver.run, name: record.name, workflowArgs: record.workflowArgs,
      status: status, tasksTotal: report.tasksTotal, tasksDone: engine.doneCount,
      tasksPreviouslyDone: report.tasksPreviouslyDone, tasksFatal: engine.fatalCount,
      tasksPending: report.tasksTotal - engine.doneCount - engine.fatalCount, retries: engine.retries,
      elapsedSeconds: Double(driver.now.monotonic - began.monotonic) / 1000, failedTasks: report.failedTasks,
      reason: reason, slowestTasks: report.slowestTasks)
  }

  func interrupted(_ workflow: WorkflowID, _ record: WorkflowRecord?, _ run: WorkflowRunID? = nil)
    -> RunResult
  {
    RunResult(
      workflowID: workflow, workflowRunID: run, name: record?.name ?? "",
      workflowArgs: record?.workflowArgs ?? "",
      status: .stopped, tasksTotal: 0, tasksDone: 0, tasksPreviouslyDone: 0, tasksFatal: 0, tasksPending: 0,
      retries: 0, elapsedSeconds: Double(Instant.now.monotonic - began.monotonic) / 1000, failedTasks: [],
      reason: "interrupted before any task started", slowestTasks: [])
  }

  private func driverRecord(cluster: String) -> DriverRecord {
    let process = HostProcess.current
    var resume: WorkflowRunStatus?
    if options.resume { resume = options.resetRunningJobs ? .coldResume : .hotResume }
    return DriverRecord(
      runUUID: runUUID, host: process.host, pid: process.pid, processStart: process.start,
      bootID: process.bootID,
      pidNamespace: process.pidNamespace, uid: getuid(), user: CurrentUser.name, cluster: cluster,
      clusterWasGiven: options.cluster != nil, logs: options.logs, resume: resume)
  }
}
