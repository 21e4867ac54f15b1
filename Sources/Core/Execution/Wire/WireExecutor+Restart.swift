import Foundation
import JobmonModel

/// Starting the program, supervising it, and restarting it.
///
/// After any end of the program, the next process receives `start`. When it has sent `info`, it receives `recover` with
/// every instance that has not ended, by token, index and, if known, handle. Then all calls that were not answered are
/// repeated.
extension WireExecutor {
  /// Number of consecutive ends after which the cluster is reported as unavailable. Restarts continue, at growing
  /// intervals.
  private static let patience = 5

  func launch(_ opened: Opened) throws {
    let listener = PluginProcess.Listener(
      replies: { [self] in heard($0, opened) }, logged: { [self] in logged($0, opened) },
      ended: { [self] in notes.post([.died(how: $0)]) })
    try state.withLock { state in
      guard state.phase == .starting else { return }
      state.oddities = 0
      state.lastOddity = nil
      state.endedFor = nil
      state.calls = state.calls.filter { if case .start = $0.value.request { false } else { true } }
      state.process = try PluginProcess(
        command, environment: opened.context.environment, listener: listener)
      call([.start(WireStart(opened.context, restarts: state.restarts))], &state)
    }
  }

  /// The program is ready. It receives `recover` for earlier instances, and the calls that were queued.
  func begin(_ state: inout State) {
    guard state.phase == .starting else { return }
    state.phase = .ready
    let unanswered = state.unanswered()
    let requests = unanswered + state.waiting
    state.waiting = []
    call(requests, &state)
  }

  /// Runs on the thread that waits for the program's answers and for its end.
  func supervise(_ opened: Opened) {
    while true {
      let due = state.withLock { nextDue($0) }
      for note in notes.take(within: due.map { max(0, $0 - Instant.now.monotonic) }) {
        switch note {
        case .over: return
        case .called: break
        case .died(let how): if !restart(opened, how) { return }
        }
      }
      if let fault = overdue(opened) { giveUpOn(fault, opened) }
    }
  }

  /// Kills the program, which causes a restart.
  func giveUpOn(_ fault: String, _ opened: Opened) {
    opened.events.post(.log(.warning, "plugin \(plugin): \(fault); ending it"))
    state.withLock { state in
      state.endedFor = fault
      return state.process
    }?.kill()
  }

  /// The program has reported that it cannot be used, or has sent an `info` that makes it unusable.
  func failStart(_ why: String, _ opened: Opened) {
    let isFirst = state.withLock { state in
      guard state.description == nil else { return false }
      state.phase = .over
      return true
    }
    if isFirst {
      opened.events.post(.info(.unusable(why)))
    } else {
      opened.events.post(.log(.warning, "plugin \(plugin) did not start again: \(why)"))
    }
    state.withLock { $0.process }?.kill()
  }

  /// Handles the end of the program.
  ///
  /// - Returns: whether it was restarted, or will be.
  private func restart(_ opened: Opened, _ how: String) -> Bool {
    let (phase, isFirst, deaths, words, fault) = state.withLock { state in
      state.process = nil
      state.deaths += 1
      if state.phase == .ready { state.phase = .starting }
      return (state.phase, state.description == nil, state.deaths, state.lastWords.last, state.fault)
    }
    guard phase == .starting else { return false }
    let what = "plugin \(plugin) (\(command[0])) \(how)" + ((fault ?? words).map { ": \($0)" } ?? "")
    if isFirst {
      state.withLock { $0.phase = .over }
      opened.events.post(.info(.unusable(what)))
      return false
    }
    opened.events.post(.log(.warning, "\(what); starting it again"))
    if deaths == Self.patience {
      state.withLock { $0.isReportedIll = true }
      opened.events.post(.health(.unavailable("\(what), \(deaths) times in a row; retrying")))
    }
    return waitAndLaunch(opened, deaths: deaths)
  }

  private func waitAndLaunch(_ opened: Opened, deaths: Int) -> Bool {
    var deaths = deaths
    while true {
      let doubled = deadlines.backoffFirst * Double(1 << min(max(0, deaths - 2), 20))
      let until = Instant.now.monotonic + Int64(1000 * (deaths < 2 ? 0 : min(doubled, deadlines.backoffMax)))
      repeat {
        let left = max(0, until - Instant.now.monotonic)
        for note in notes.take(within: left) { if case .over = note { return false } }
      } while Instant.now.monotonic < until
      do {
        state.withLock { $0.restarts += 1 }
        try launch(opened)
        return true
      } catch {
        opened.events.post(.log(.warning, "\(error)"))
        deaths += 1
        state.withLock { $0.deaths = deaths }
      }
    }
  }

  // MARK: Deadlines

  private func nextDue(_ state: State) -> Int64? {
    guard state.process != nil else { return nil }
    return state.calls.values.compactMap { due($0, state) }.min()
  }

  /// Calls are answered in order, so a call also waits for those before it. Calls to an earlier process wait until the
  /// next one is ready.
  private func due(_ call: Call, _ state: State) -> Int64? {
    if case .start = call.request { return call.since + Int64(deadlines.start * 1000) }
    guard state.phase == .ready else { return nil }
    return call.isAnswered
      ? call.since + Int64(deadlines.answer * 1000)
      : max(call.since, state.answeredAt) + Int64(deadlines.call * 1000)
  }

  /// The first overdue answer for which the program must be killed. A submission without verdicts is reported as
  /// ambiguous instead, and resolved by `recover`.
  private func overdue(_ opened: Opened) -> String? {
    let now = Instant.now.monotonic
    let (late, unknown) = state.withLock { state -> (Call?, [TaskInstanceID]) in
      guard state.process != nil, state.phase != .over,
        let late = state.calls.filter({ due($0.value, state).map { $0 <= now } ?? false }).min(by: {
          $0.key < $1.key
        })
      else { return (nil, []) }
      guard case .submit = late.value.request, late.value.isAnswered else {
        // Reported only once, because the program is killed now.
        for id in state.calls.keys { state.calls[id]?.since = now }
        state.answeredAt = now
        return (late.value, [])
      }
      state.calls[late.key] = nil
      let unknown = late.value.request.instances.filter { state.jobs[$0]?.call == late.key }
      for instance in unknown { state.jobs[instance]?.call = nil }
      return (nil, unknown)
    }
    if !unknown.isEmpty {
      opened.events.post(
        .submitted(unknown, .ambiguous(why: "plugin \(plugin) did not answer a submission")))
    }
    return late.map { "no answer to \($0.request.method) in time" }
  }
}

extension WireExecutor.State {
  /// The known fault of a program that has ended.
  fileprivate var fault: String? {
    let odd = lastOddity.map { "it sent an invalid message: \($0)" }
    let parts = [endedFor, description == nil ? odd : nil].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }

  /// The calls for a new process: `recover` for all instances of the last one, and the calls that were not answered.
  mutating func unanswered() -> [WireRequest] {
    struct Key: Hashable {
      var token: String
      var cancel: Bool
    }
    var batches: [Key: RecoverableBatch] = [:]
    for instance in jobs.keys.sorted() {
      let job = jobs[instance]!
      let key = Key(token: job.token, cancel: job.isCancelled)
      batches[
        key,
        default: RecoverableBatch(
          token: job.token, resources: job.resources, instances: [], cancel: key.cancel)
      ].instances.append(
        RecoverableBatch.Instance(index: job.index, instance: instance, handle: job.handle))
      jobs[instance]!.call = nil
    }
    let others = calls.sorted { $0.key < $1.key }.compactMap { (_, call) -> WireRequest? in
      switch call.request {
      case .validate: call.missing > 0 ? call.request : nil
      case .acknowledge: call.request
      // Covered by `recover`.
      case .start, .submit, .recover, .cancel, .withdraw, .stop: nil
      }
    }
    calls = [:]
    let asked = batches.sorted {
      ($0.key.token, $0.key.cancel ? 1 : 0) < ($1.key.token, $1.key.cancel ? 1 : 0)
    }
    return (asked.isEmpty ? [] : [.recover(asked.map(\.value))]) + others
  }
}

extension ExecutorDescription {
  /// The description of a cluster that cannot be used.
  static func unusable(_ why: String) -> ExecutorDescription {
    ExecutorDescription(
      health: .unavailable(why), maxBatch: 1, placement: .backend(maxOutstanding: 0), outlivesDriver: false)
  }
}
