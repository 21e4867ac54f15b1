import ArgumentParser
import BuiltinPlugins
import Foundation
import JobmonCore

extension RunOptions.InterruptPolicy: ExpressibleByArgument {}

/// The options that `run` and `workflow_resume` share.
struct RunningOptions: ParsableArguments {
  @Option(
    name: [.short, .customLong("cluster")],
    help: ArgumentHelp("The cluster to run on.", valueName: "name"), completion: Completions.clusters)
  var cluster: String?

  @Flag(
    name: .customLong("reset-running-jobs"),
    help: "Cancel jobs left by an earlier run and rerun them (default: adopt them).")
  var resetRunningJobs = false

  @Flag(name: .customLong("fail-fast"), help: "Start no new tasks after the first fatal task.")
  var failFast = false

  @Option(
    name: .customLong("seconds-until-timeout"),
    help: ArgumentHelp("Start no new tasks after this many seconds.", valueName: "n"))
  var secondsUntilTimeout: Double?

  @Option(
    name: .customLong("max-concurrently-running"),
    help: ArgumentHelp("Maximum number of tasks at once.", valueName: "n"))
  var maxConcurrentlyRunning: Int?

  @Option(
    name: .customLong("max-attempts"),
    help: ArgumentHelp("Maximum number of attempts per task.", valueName: "n"))
  var maxAttempts: Int?

  @Option(
    name: .customLong("on-interrupt"),
    help:
      "What to do with running tasks on Ctrl-C: leave or cancel (default: cancel tasks on this machine, leave jobs on clusters)."
  )
  var onInterrupt: RunOptions.InterruptPolicy?

  @Flag(
    name: .customLong("oversubscribe"),
    help: "Reduce memory requests to the size of this machine instead of refusing them.")
  var oversubscribe = false

  @Option(
    name: .customLong("events"),
    help: ArgumentHelp(
      "Write each status change as one line of JSON to this file (- = standard output).", valueName: "file"))
  var events: String?

  @Option(
    name: .customLong("control"),
    help: ArgumentHelp(
      "Exchange lines of JSON with the calling program on this file descriptor (docs/control.md).",
      valueName: "fd"))
  var control: String?

  @Option(
    name: .customLong("logs"), help: ArgumentHelp("Folder for the log files of tasks.", valueName: "folder"))
  var logs: String?

  @OptionGroup var pluginsOption: PluginsOption

  @Flag(name: .customLong("as-root"), help: "Allow root to run commands from another user's database.")
  var asRoot = false

  @Flag(name: .customLong("quiet"), help: "Print only errors and the summary.")
  var quiet = false

  @Flag(name: .customLong("no-progress"), help: "Do not draw the live display.")
  var noProgress = false

  @Flag(
    name: [.short, .long], help: "Also print when each task starts and ends, and all messages of the cluster."
  )
  var verbose = false

  @OptionGroup var output: RunOutputOptions
  @OptionGroup var store: StoreOptions

  func validate() throws {
    if events == "-", output.isJSON {
      throw ValidationError("--events - and -o json both use standard output: give --events a file")
    }
    if let secondsUntilTimeout, !(secondsUntilTimeout >= 0) {
      throw ValidationError("--seconds-until-timeout takes a number of seconds, 0 or more")
    }
    if let maxConcurrentlyRunning, maxConcurrentlyRunning < 0 {
      throw ValidationError("--max-concurrently-running takes a number, 0 (a pause) or more")
    }
    if let maxAttempts, maxAttempts < 1 { throw ValidationError("--max-attempts takes a number, 1 or more") }
  }

  func runOptions(_ configuration: Configuration) -> RunOptions {
    var options = RunOptions(configuration, logs: logs)
    // If two resumes are typed at the same time, exactly one wins, regardless of their loading times.
    options.requestedAt = JobmonProgram.began
    options.cluster = cluster
    options.resetRunningJobs = resetRunningJobs
    options.failFast = failFast
    options.secondsUntilTimeout = secondsUntilTimeout
    options.maxConcurrentlyRunning = maxConcurrentlyRunning
    options.maxAttempts = maxAttempts
    options.onInterrupt = onInterrupt
    options.oversubscribe = oversubscribe
    options.isVerbose = verbose
    return options
  }
}
