import ArgumentParser
import BuiltinPlugins
import Foundation
import JobmonCore

/// What `run` and `workflow_resume` have in common: everything around the runner.
struct RunExecution {
  let options: RunningOptions
  let configuration: Configuration
  let runOptions: RunOptions
  /// The command that continues the workflow with this id.
  let resumeCommand: @Sendable (WorkflowID) -> String

  /// By a connection of its own: the driver's are busy.
  private var standstill: @Sendable (WorkflowID) -> Standstill? {
    let options = options.store
    return { try? options.open(tellsUpgrade: false).standstill(of: $0) }
  }

  /// Runs, tells the result, and ends the process with its exit code.
  func perform(_ body: (WorkflowRunner) throws -> RunResult) throws -> Never {
    let store = try options.store.open(create: true)
    let beats = try options.store.open()
    for notice in store.notices { Console.error(notice) }
    let registry = try PluginRegistry.standard(file: options.plugins)
    let events = try options.events.map(EventWriter.init)
    let display = ProgressDisplay(
      isLive: Console.isErrorTerminal && !options.noProgress && !options.quiet
        && configuration.text("ui.progress") == "true",
      isQuiet: options.quiet, isVerbose: options.verbose,
      colors: Colors(setting: configuration.text("ui.color"), terminal: Console.isErrorTerminal),
      events: events, resumeCommand: resumeCommand, standstill: standstill)
    let control = try options.control.map(ControlChannel.init)
    let runner = WorkflowRunner(
      store: store, heartbeatStore: beats, registry: registry, options: runOptions,
      observer: control.map { ObserverPair(first: display, second: $0) } ?? display, resolver: control)
    control?.start { runner.interrupt() }
    let signals = SignalWatch { runner.interrupt() }
    display.start()
    let result: RunResult
    do {
      result = try body(runner)
    } catch {
      display.stop()
      signals.stop()
      throw error
    }
    display.stop()
    signals.stop()
    let resume = resumeCommand(result.workflowID)
    control?.ended(ResultJSON.text(of: result, resumeCommand: resume))
    if options.output.isJSON {
      print(ResultJSON.text(of: result, resumeCommand: resume))
    } else {
      Summary(result: result, resumeCommand: resume, colors: display.colors).tell()
    }
    events?.close()
    exit(result.exitCode)
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
