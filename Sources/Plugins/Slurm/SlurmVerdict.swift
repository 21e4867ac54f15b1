import JobmonCore
import WorkerHost
import WorkerProtocol

/// Determines how a task ended from the worker's report and the cluster's state.
struct SlurmVerdict {
  /// Whether the driver has requested its end.
  var isCancelled: Bool
  /// The requested memory in bytes.
  var memory: Int64?
  /// Whether a command that exits with 0 counts as failed if the kernel killed one of its processes for memory.
  var memoryKillIsFailure: Bool
  /// Whether the working directory exists on this machine.
  var hasDirectory = true

  /// The outcome from a report; nil if the cluster ended the job and must first say why.
  func outcome(of report: BatchReport, state: SlurmState?, stateText: String) -> Outcome? {
    var outcome = Outcome(report.report, node: report.host)
    let kills = report.outOfMemoryKills
    if outcome.cause.isSuccess {
      if kills > 0, memoryKillIsFailure {
        outcome.cause = .memory
        outcome.message =
          Self.figures(of: outcome, memory)
          + "the kernel killed \(kills == 1 ? "one" : "\(kills)") of its processes, the command itself ended with exit code 0"
          + " (the cluster option memory_kill_is_failure: false accepts this)"
      }
      return outcome
    }
    if isCancelled {
      outcome.cause = .interrupted
      return outcome
    }
    switch outcome.cause {
    case .exit, .signal: break
    // The lack of memory was the first cause.
    case .nodeFailure where kills > 0: outcome.isLogDiskFull = nil
    default:
      // If the directory exists on this machine but not on the node, the node is at fault: another node may have it.
      if report.report.end == .launchFailure(.directory), hasDirectory { outcome.isPermanent = nil }
      return outcome  // the worker knows the cause best
    }
    if report.wasWarned, !report.wasTerminated || state?.base == .timeout || state?.isAlive != false {
      outcome.cause = .runtime
      outcome.message = "ended after the warning before the time limit"
    } else if kills > 0 {
      outcome.cause = .memory
    } else if isProbablyMemory(outcome) {
      outcome.cause = .memory
      outcome.message = "probably: killed when it used nearly all of the requested memory"
    } else if report.wasTerminated {
      guard let state else { return nil }
      if state.isAlive { return nil }
      switch state.base {
      case .complete, .failed, nil: break
      default:
        let cause = Self.cause(of: state, exitStatus: 0, text: stateText)
        outcome.cause = cause.0
        outcome.message = cause.1
      }
    }
    return outcome
  }

  /// Text such as `reached 50 MiB, requested 50 MiB; `, as far as the values are known.
  private static func figures(of outcome: Outcome, _ memory: Int64?) -> String {
    let reached = outcome.usage?.peakMemory.map { "reached \(ByteCount.wholeMebibytes($0))" }
    let asked = memory.map { "requested \(ByteCount.wholeMebibytes($0))" }
    let figures = [reached, asked].compactMap { $0 }.joined(separator: ", ")
    return figures.isEmpty ? "" : figures + "; "
  }

  private func isProbablyMemory(_ outcome: Outcome) -> Bool {
    guard outcome.cause == .exit(137) || outcome.cause == .signal(9), let memory,
      let peak = outcome.usage?.peakMemory
    else { return false }
    return peak >= memory / 10 * 9
  }

  /// The outcome from the cluster's state alone, if the job has ended without a report.
  func outcome(of state: SlurmState, exitStatus: UInt32, node: String, text: String) -> Outcome {
    if isCancelled { return Outcome(cause: .interrupted, node: node) }
    let (cause, message) = Self.cause(of: state, exitStatus: exitStatus, text: text)
    return Outcome(cause: cause, node: node.isEmpty ? nil : node, message: message)
  }

  /// The cause for a state. An exit code shown by Slurm never counts as success: success needs a report.
  static func cause(of state: SlurmState, exitStatus: UInt32, text: String) -> (Cause, String) {
    let words = "Slurm reports \(text)"
    if state.has(.launchFailed) { return (.launchFailure, words) }
    switch state.base {
    case .timeout: return (.runtime, words)
    case .outOfMemory: return (.memory, words)
    case .nodeFail: return (.nodeFailure, words)
    case .preempted: return (.preempted, words)
    case .bootFail: return (.launchFailure, words)
    case .deadline: return (.cancelled(by: "its deadline"), words)
    case .cancelled where state.has(.revoked): return (.lost(text), words)
    case .cancelled: return (.cancelled(by: "another user or an administrator (scancel)"), words)
    case .failed:
      let code = Int(exitStatus >> 8) & 0xff
      if exitStatus & 0x7f != 0 {
        return (.lost(text), "its worker was killed by signal \(exitStatus & 0x7f); \(words)")
      }
      if code == BatchReport.cannotClaim {
        return (.launchFailure, "the worker could not write to the folder of the batch; \(words)")
      }
      return code == 0
        ? (.lost(text), words) : (.exit(code), "from Slurm's record; the worker left no report; \(words)")
    case .complete: return (.lost(text), "\(words), but its worker left no report")
    case .pending, .running, .suspended, nil: return (.lost(text), words)
    }
  }
}
