import ArgumentParser
import BuiltinPlugins
import Foundation
import JobmonCore

/// Everything around the runner that `run` and `workflow_resume` share.
struct RunExecution {
  let options: RunningOptions
  let configuration: Configuration
  let runOptions: RunOptions
  /// The command that resumes the workflow with this id.
  let resumeCommand: @Sendable (WorkflowID) -> String

  /// Uses a connection of its own, because the driver's are busy.
  private var standstill: @Sendable (WorkflowID) -> Standstill? {
    let options = options.store
    return { try? options.queries().standstill(of: $0) }
  }

  /// Runs, prints the result, and exits with its exit code.
  func perform(_ body: (WorkflowRunner) throws -> RunResult) throws -> Never {
    let store = try options.store.open(.creating)
    try store.requireOwn(asRoot: options.asRoot)
    let beats = try options.store.open(.changing)
    for notice in store.notices { Console.error(notice) }
    let registry = try PluginRegistry.standard(file: options.pluginsOption.plugins)
    let display = ProgressDisplay(
      isLive: Console.canDraw && !options.noProgress && !options.quiet
        && configuration.text("ui.progress") == "true",
      isQuiet: options.quiet, isVerbose: options.verbose,
      colors: Colors(setting: configuration.text("ui.color"), terminal: Console.isErrorTerminal),
      resumeCommand: resumeCommand, standstill: standstill)
    let events = try options.events.map { try EventWriter($0) { display.noticed($0) } }
    let control = try options.control.map(ControlChannel.init)
    var observer: any RunObserver = display
    if let events { observer = ObserverPair(first: observer, second: events) }
    if let control { observer = ObserverPair(first: observer, second: control) }
    let runner = WorkflowRunner(
      store: store, heartbeatStore: beats, registry: registry, options: runOptions,
      observer: observer, resolver: control)
    control?.start { runner.interrupt() }
    let signals = SignalWatch { runner.interrupt() }
    display.start()
    let result: RunResult
    do {
      result = try body(runner)
    } catch {
      signals.stop()
      display.stop()
      events?.end()
      control?.end()
      throw error
    }
    // Only output remains: from here on Ctrl-C ends the program.
    signals.stop()
    display.stop()
    exit(tell(result, events, control))
  }

  /// Writes the remaining events, prints the result, and sends it to `--control`.
  ///
  /// - Returns: the result's exit code; 1 instead of 0 if standard output could not be written. A closed pipe does not
  ///   change the exit code.
  private func tell(_ result: RunResult, _ events: EventWriter?, _ control: ControlChannel?) -> Int32 {
    let resume = resumeCommand(result.workflowID)
    control?.ended(ResultJSON.text(of: result, resumeCommand: resume))
    events?.end()
    // A program that reads events from standard output finds nothing else there.
    let isEventOutput = events?.isStandardOutput == true
    let colors = Colors(
      setting: configuration.text("ui.color"),
      terminal: isEventOutput ? Console.isErrorTerminal : StandardOutput.isTerminal)
    let summary = Summary(result: result, resumeCommand: resume, colors: colors)
    do throws(OutputFailure) {
      if options.output.isJSON {
        try StandardOutput.json(ResultJSON.text(of: result, resumeCommand: resume))
      } else if isEventOutput {
        Console.write("\(summary.text)\n")
        try events?.requireWritten()
      } else {
        try summary.tell()
      }
      try StandardOutput.finish()
      return result.exitCode
    } catch {
      if error.isReaderGone { return result.exitCode }
      error.tell()
      return max(result.exitCode, 1)
    }
  }
}

extension RunResult {
  var exitCode: Int32 {
    switch status {
    case .done: 0
    case .error: 1
    case .terminated: 3
    case .stopped: 130
    }
  }
}
