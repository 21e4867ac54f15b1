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
    help: "End what still runs of an earlier run, and run it again; else it is taken over.")
  var resetRunningJobs = false

  @Flag(name: .customLong("fail-fast"), help: "Start nothing new after the first fatal task.")
  var failFast = false

  @Option(
    name: .customLong("seconds-until-timeout"),
    help: ArgumentHelp("Start nothing new after so many seconds.", valueName: "n"))
  var secondsUntilTimeout: Double?

  @Option(
    name: .customLong("max-concurrently-running"),
    help: ArgumentHelp("The most tasks at a time.", valueName: "n"))
  var maxConcurrentlyRunning: Int?

  @Option(name: .customLong("max-attempts"), help: ArgumentHelp("Attempts per task.", valueName: "n"))
  var maxAttempts: Int?

  @Option(
    name: .customLong("on-interrupt"),
    help:
      "What becomes of running tasks on Ctrl-C: leave or cancel (default: local ones are cancelled, others left)."
  )
  var onInterrupt: RunOptions.InterruptPolicy?

  @Flag(
    name: .customLong("oversubscribe"),
    help: "Clip requests beyond this machine's memory instead of refusing them.")
  var oversubscribe = false

  @Option(
    name: .customLong("events"),
    help: ArgumentHelp(
      "Write every status change as a line of JSON to a file, or - for standard output.", valueName: "file"))
  var events: String?

  @Option(
    name: .customLong("control"),
    help: ArgumentHelp(
      "Talk to the program that started this run by lines of JSON on this file descriptor: events and questions out, answers and stop in.",
      valueName: "fd"))
  var control: String?

  @Option(
    name: .customLong("logs"), help: ArgumentHelp("The folder of the tasks' log files.", valueName: "folder"))
  var logs: String?

  @Option(
    name: .customLong("plugins"), help: ArgumentHelp("A plugins.json over the others.", valueName: "file"))
  var plugins: String?

  @Flag(name: .customLong("as-root"), help: "Let root run what another user's database says.")
  var asRoot = false

  @Flag(name: .customLong("quiet"), help: "Say nothing but errors and the summary.")
  var quiet = false

  @Flag(name: .customLong("no-progress"), help: "No live display.")
  var noProgress = false

  @Flag(
    name: [.short, .long], help: "Say more: when each task starts and ends, and all that the cluster says.")
  var verbose = false

  @OptionGroup var output: RunOutputOptions
  @OptionGroup var store: StoreOptions

  func validate() throws {
    if events == "-", output.isJSON {
      throw ValidationError("--events - and -o json both want standard output: give --events a file")
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
    // Of two resumes typed at the same time one wins, however long either took to load.
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
