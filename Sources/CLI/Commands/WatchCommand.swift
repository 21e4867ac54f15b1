import ArgumentParser
import Foundation
import JobmonCore

struct WatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch",
    abstract: "Follow a running workflow, on any host.",
    discussion: """
      Ends with the run, with the same exit code. Ctrl-C ends only the display. If no run is active, prints the present \
      state. With -n prints the present state as one JSON object.
      EXAMPLE: jobmon workflow watch -w 3
      """)

  /// Seconds between two queries.
  private static let interval = 1.0
  /// Seconds without a heartbeat after which a driver on another host is reported as silent.
  private static let silence = 93.0

  @OptionGroup var workflowOption: WorkflowOption

  @Flag(help: "Print lines instead of a live display.")
  var noProgress = false

  @OptionGroup var output: OutputOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    let configuration = try store.configuration()
    let store = try store.open()
    let workflow = try workflowOption.id(in: store)
    let isLive = Console.canDraw && !noProgress && configuration.text("ui.progress") == "true"
    let watch = try WorkflowWatch(store, workflow, findsBlocked: isLive && !output.isJSON)
    guard var moment = try watch.look() else { return }
    if output.isJSON { return try StandardOutput.json(JSONText.line(json(watch, moment, workflow))) }
    let options = self.store
    let display = ProgressDisplay(
      isLive: isLive, isQuiet: false, isVerbose: false,
      colors: Colors(setting: configuration.text("ui.color"), terminal: Console.isErrorTerminal),
      resumeCommand: { "jobmon workflow resume -w \($0)" },
      standstill: { try? options.queries().standstill(of: $0) })
    guard let holder = moment.holder, !moment.driver.isDead else {
      try close(workflow, watch, moment, display.colors, had: nil)
      return
    }
    display.began(
      RunStart(
        workflowID: workflow, workflowRunID: holder.run, name: watch.name, workflowArgs: watch.workflowArgs,
        tasksTotal: watch.tasksTotal, tasksPreviouslyDone: 0, templates: watch.templates,
        folder: watch.workingDirectory))
    display.noticed(
      "driven by process \(holder.driver.pid) of \(holder.driver.user) on \(holder.driver.host) since \(holder.since.iso8601)"
    )
    display.progressed(moment.progress)
    display.start()
    var silence = Silence(moment)
    while moment.holder?.run == holder.run, !moment.driver.isDead {
      usleep(UInt32(Self.interval * 1_000_000))
      try store.requireInPlace()
      guard let next = try watch.look() else {
        // A driver that dies commits nothing; check for its process.
        if holder.isKnownDead { moment.driver = try store.driver(of: workflow) }
        if let text = silence.note(nil) { display.noticed(text) }
        continue
      }
      for failure in next.failures {
        display.failed(failure.task, attempt: failure.attempt, willRetry: failure.willRetry)
      }
      display.progressed(next.progress)
      if let text = silence.note(next) { display.noticed(text) }
      moment = next
    }
    display.stop()
    try close(workflow, watch, moment, display.colors, had: holder)
  }

  /// Reports a driver without a sign of life, once.
  private struct Silence {
    var beats: Int64?
    var since = Instant.now.monotonic
    var isTold = false

    init(_ moment: WorkflowWatch.Moment) { beats = moment.holder?.beats }

    mutating func note(_ moment: WorkflowWatch.Moment?) -> String? {
      let now = Instant.now.monotonic
      if let moment, moment.holder?.beats != beats {
        (beats, since, isTold) = (moment.holder?.beats, now, false)
      }
      guard Double(now - since) > WatchCommand.silence * 1000, !isTold else { return nil }
      isTold = true
      return "no heartbeat of the driver for \(SpanText.text(Double(now - since) / 1000))"
    }
  }

  /// Prints the state, as at the end of a run, and exits with its exit code.
  private func close(
    _ workflow: WorkflowID, _ watch: WorkflowWatch, _ moment: WorkflowWatch.Moment, _ colors: Colors,
    had holder: LeaseHolder?
  ) throws {
    func sum(_ count: (RunProgress.Counts) -> Int) -> Int {
      moment.progress.templates.reduce(0) { $0 + count($1) }
    }
    let done = sum { $0.done }
    let fatal = sum { $0.fatal }
    let (status, reason): (RunResult.Status, String?) =
      if moment.status == .done { (.done, nil) } else if moment.driver.isDead {
        (.stopped, moment.driver.words.map { "driver: \($0)" })
      } else if let holder, let now = moment.holder, now.run != holder.run {
        (.terminated, "run \(now.run) has taken over: jobmon workflow watch -w \(workflow)")
      } else {
        (fatal > 0 ? .error : .stopped, holder == nil ? "no run is active (\(moment.status.rawValue))" : nil)
      }
    let result = RunResult(
      workflowID: workflow, workflowRunID: holder?.run, name: watch.name, workflowArgs: watch.workflowArgs,
      status: status, tasksTotal: watch.tasksTotal, tasksDone: done, tasksPreviouslyDone: 0,
      tasksFatal: fatal, tasksPending: watch.tasksTotal - done - fatal, retries: moment.progress.retries,
      elapsedSeconds: Double(moment.progress.elapsed) / 1000,
      failedTasks: try watch.failedTasks(limit: Summary.mostFailures + 1),
      reason: reason, slowestTasks: [])
    try Summary(
      result: result, resumeCommand: "jobmon workflow resume -w \(workflow)", colors: colors,
      hasElapsed: holder != nil
    ).tell()
    if result.exitCode != 0 { throw ExitCode(result.exitCode) }
  }

  private func json(_ watch: WorkflowWatch, _ moment: WorkflowWatch.Moment, _ workflow: WorkflowID)
    -> JSONValue
  {
    let templates = zip(watch.templates, moment.progress.templates).enumerated().map { index, row in
      let (name, counts) = row
      return JSONValue.object([
        "template": .string(name), "tasks": JSONValue(counts.total), "pending": JSONValue(counts.pending),
        "scheduled": JSONValue(counts.scheduled), "running": JSONValue(counts.running),
        "done": JSONValue(counts.done), "fatal": JSONValue(counts.fatal),
        "limit": JSONValue(moment.progress.templateLimits[index]),
      ])
    }
    return .object([
      "workflow_id": .integer(workflow), "name": .string(watch.name),
      "status": .string(moment.status.rawValue),
      "tasks": JSONValue(watch.tasksTotal), "retries": JSONValue(moment.progress.retries),
      "limit": JSONValue(moment.progress.workflowLimit), "templates": .array(templates),
      "workflow_run_id": moment.holder.map { .integer($0.run) } ?? .null,
      "host": JSONValue(moment.holder?.driver.host), "driver": JSONValue(moment.driver.words),
      "active": .bool(moment.holder != nil && !moment.driver.isDead),
    ])
  }
}
