import JobmonCore

/// One submitted task and its predetermined fate.
struct SimulatedJob: Sendable {
  enum Phase: Hashable, Sendable {
    case pending, running
    /// Ended at this time; the outcome is repeated until it is acknowledged.
    case ended(Cause, at: Int64)
  }

  var instance: TaskInstanceID
  var cores: Int
  /// Bytes; 0 if it requested none.
  var memory: Int64
  var phase = Phase.pending
  /// The index of its node.
  var node: Int?
  var fate: JobFate
  /// When it started, in monotonic milliseconds; nil if it never started.
  var started: Int64?
  var random: Randomness
}

/// How a job ends if nothing else ends it earlier. Times are in milliseconds.
struct JobFate: Hashable, Sendable {
  var wait: Int64
  var runtime: Int64
  /// nil if it cannot be started.
  var cause: Cause?
  var peakMemory: Int64?

  /// Draws the fate. The order of the draws is fixed, so that changing one option does not change the others.
  init(
    _ task: BatchTask, template: String, request: ResourceRequest, options: DummyOptions,
    _ random: inout Randomness
  ) {
    let faults = options.faults
    let drawnWait = options.queueWait.draw(&random)
    let drawnRuntime = (options.runtimes[template] ?? options.runtime).draw(&random)
    let drawnMemory = options.peakMemory?.draw(&random)
    let failsToLaunch = random.happens(faults.launch)
    let exits = random.happens(faults.exit)
    let crashes = random.happens(faults.signal)
    let runsOutOfMemory = random.happens(faults.memory)
    let isPreempted = random.happens(faults.preempted)
    let isLost = random.happens(faults.lost)
    let isCancelled = random.happens(faults.cancelled)
    let part = random.fraction()

    wait = Milliseconds.of(seconds: drawnWait)
    let seconds = Self.given(task, options: options) ?? drawnRuntime
    runtime = Milliseconds.of(seconds: seconds + 0.0005)
    let said = task.attributes[options.memoryAttribute].flatMap { JSONValue.string($0).bytes }
    peakMemory = said ?? drawnMemory.map { min(max(0, Int64(nearest: $0)), MemorySize.largest) }
    cause = .exit(0)
    if failsToLaunch {
      cause = nil
    } else if runsOutOfMemory || (peakMemory ?? 0) > (request.memory ?? .max), let memory = request.memory {
      cause = .memory
      peakMemory = max(peakMemory ?? 0, memory + memory / 8)
      runtime = Int64(Double(runtime) * part)
    } else if exits {
      cause = .exit(faults.exitCode)
    } else if crashes {
      cause = .signal(11)
      runtime = Int64(Double(runtime) * part)
    } else if isPreempted || isLost || isCancelled {
      cause = isPreempted ? .preempted : isLost ? .lost("VANISHED") : .cancelled(by: "operator")
      runtime = Int64(Double(runtime) * part)
    }
    if let limit = request.runtime.map({ Milliseconds.of(seconds: $0) }), cause != nil, runtime > limit {
      cause = .runtime
      runtime = limit
    }
  }

  /// The runtime that the task itself specifies, in seconds.
  private static func given(_ task: BatchTask, options: DummyOptions) -> Double? {
    if let text = task.attributes[options.runtimeAttribute], let seconds = JSONValue.string(text).duration {
      return seconds
    }
    if let seconds = options.trace[task.name] { return seconds }
    guard options.readsCommands else { return nil }
    let words = task.command.split(separator: " ")
    return words.count == 2 && words[0] == "sleep" ? JSONValue.string(String(words[1])).duration : nil
  }
}
