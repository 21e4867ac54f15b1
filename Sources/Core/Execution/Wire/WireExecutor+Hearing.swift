import Foundation
import JobmonModel

/// Handling of the program's messages.
extension WireExecutor {
  /// Maximum number of invalid lines and events per process that are reported.
  private static let toldOddities = 5

  func heard(_ replies: [Result<WireReply, WireLineError>], _ opened: Opened) {
    var events: [ExecutorEvent] = []
    events.reserveCapacity(replies.count)
    var failures: [(Call, WireFault)] = []
    let fault = state.withLock { state -> String? in
      var fault: String?
      var repeated: [TaskInstanceID] = []
      for reply in replies {
        switch reply {
        case .failure(let error):
          // Without an info there is no cluster, so the program would be useless.
          if error.notice == "info", state.description == nil {
            fault = fault ?? "its info message is invalid: \(error.fault.message)"
          } else {
            odd(error.fault.message, &state, &events)
          }
        case .success(.done(let id)): answered(id, &state)
        case .success(.failed(let id, let error)):
          state.answeredAt = Instant.now.monotonic
          if let call = state.calls.removeValue(forKey: id) {
            failures.append((call, error))
            events += refused(call, id, error, &state)
          }
        case .success(.notice(.validated(let id, let verdicts))):
          validated(id, verdicts, &state, &events)
        case .success(.notice(.event(.info(let description)))):
          fault = fault ?? introduced(description, opened, &state, &events)
        case .success(.notice(.event(let event))): take(event, &state, &events, &repeated)
        }
      }
      // The program repeats outcomes whose acknowledgement it has not received.
      if !repeated.isEmpty, state.phase == .ready { call([.acknowledge(repeated)], &state) }
      return fault
    }
    opened.events.post(events)
    for case (let call, let error) in failures {
      switch call.request {
      case .start: failStart(error.message, opened)
      case .recover: giveUpOn("it cannot report the state of its jobs: \(error.message)", opened)
      default: break
      }
    }
    if let fault { failStart(fault, opened) }
  }

  func logged(_ lines: [String], _ opened: Opened) {
    let told = state.withLock { state in
      state.lastWords = (state.lastWords + lines).suffix(5)
      return state.gate.pass(lines, now: Instant.now.monotonic)
    }
    opened.events.post(told.map { .log(.info, "\(plugin): \($0)") })
  }

  private func odd(_ what: String, _ state: inout State, _ events: inout [ExecutorEvent]) {
    state.oddities += 1
    state.lastOddity = what
    guard state.oddities <= Self.toldOddities else { return }
    let more = state.oddities == Self.toldOddities ? "; further ones are not reported" : ""
    events.append(.log(.warning, "plugin \(plugin) sent an invalid message: \(what)\(more)"))
  }

  private func answered(_ id: Int, _ state: inout State) {
    let now = Instant.now.monotonic
    state.answeredAt = now
    state.calls[id]?.isAnswered = true
    state.calls[id]?.since = now
    state.answered(id, count: 0)
    // The notices for the call have another deadline.
    if state.calls[id] != nil { notes.post([.called]) }
  }

  /// The events that result from an error response of the program.
  private func refused(_ call: Call, _ id: Int, _ fault: WireFault, _ state: inout State) -> [ExecutorEvent] {
    let why = "plugin \(plugin) failed to \(call.request.method): \(fault.message)"
    switch call.request {
    case .start, .recover, .stop: return []
    case .validate(let requests):
      return [.validated(requests, requests.map { _ in .impossible(why: fault.message) })]
    case .submit:
      // It may have been partly submitted. The core resolves this by `recover`.
      let unknown = call.request.instances.filter { state.jobs[$0]?.call == id }
      for instance in unknown { state.jobs[instance]?.call = nil }
      return unknown.isEmpty ? [] : [.submitted(unknown, .ambiguous(why: why))]
    case .cancel(let instances):
      return [.log(.warning, why)] + instances.map { .cancelled($0, .failed) }
    case .withdraw, .acknowledge: return [.log(.warning, why)]
    }
  }

  private func validated(
    _ id: Int, _ verdicts: [ResourceVerdict], _ state: inout State, _ events: inout [ExecutorEvent]
  ) {
    guard let call = state.calls[id], call.missing > 0, case .validate(let requests) = call.request else {
      return odd("verdicts for call \(id), which expects none", &state, &events)
    }
    guard verdicts.count == requests.count else {
      return odd("\(verdicts.count) verdicts for \(requests.count) requests", &state, &events)
    }
    state.answered(id)
    events.append(.validated(requests, verdicts))
  }

  /// Handles `info`. Returns what is wrong with it, if anything.
  private func introduced(
    _ description: ExecutorDescription, _ opened: Opened, _ state: inout State,
    _ events: inout [ExecutorEvent]
  ) -> String? {
    guard let call = state.calls.first(where: { if case .start = $0.value.request { true } else { false } })
    else {
      events.append(.health(description.health))
      return nil
    }
    let isFirst = state.description == nil
    guard description.protocolVersions.overlaps(WireStart.versions) else {
      return
        "it supports versions \(description.protocolVersions) of the plugin protocol, this program \(WireStart.versions)"
    }
    if isFirst, let declared = description.options {
      do {
        try ClusterOption.check(opened.context.options, against: declared, cluster: opened.context.cluster)
      } catch { return "\(error)" }
    }
    state.answered(call.key)
    state.description = description
    if isFirst {
      events.append(.info(description))
      if description.health == .ready { begin(&state) }
    } else {
      if state.isReportedIll || description.health != .ready { events.append(.health(description.health)) }
      state.isReportedIll = description.health != .ready
      begin(&state)
    }
    return nil
  }

  private func take(
    _ event: ExecutorEvent, _ state: inout State, _ events: inout [ExecutorEvent],
    _ repeated: inout [TaskInstanceID]
  ) {
    func isKnown(_ instance: TaskInstanceID) -> Bool {
      if instance >= 0, state.known.contains(Int(instance)) { return true }
      odd("a message about instance \(instance), which was not submitted to it", &state, &events)
      return false
    }
    switch event {
    case .info, .validated: break  // handled above
    case .capacity, .nodeUp, .nodeDown, .health: events.append(event)
    case .log(let level, let text):
      events += state.gate.pass([text], now: Instant.now.monotonic).map { .log(level, "\(plugin): \($0)") }
    case .submitted(let instances, let verdict):
      // Instances for which no answer is expected have ended, or already have a verdict.
      let news = instances.filter { isKnown($0) && state.jobs[$0]?.call != nil }
      for instance in news { submitted(instance, verdict, &state) }
      if !news.isEmpty { events.append(.submitted(news, verdict)) }
    case .started(let instance, _, _):
      if isKnown(instance), state.jobs[instance] != nil { events.append(event) }
    case .waiting(let instances, let reason):
      let news = instances.filter { isKnown($0) && state.jobs[$0] != nil }
      if !news.isEmpty { events.append(.waiting(news, reason: reason)) }
    case .usage(let instance, _), .cancelled(let instance, _):
      if isKnown(instance) { events.append(event) }
    case .ended(let instance, _):
      guard isKnown(instance) else { break }
      if state.jobs[instance] != nil {
        ended(instance, &state)
        events.append(event)
      } else if !state.unacknowledged.contains(instance) {
        repeated.append(instance)
      }
    case .recovered(let instance, let verdict):
      guard isKnown(instance), let job = state.jobs[instance], job.call != nil else { break }
      switch verdict {
      case .ended: ended(instance, &state)
      case .absent: forget(instance, &state)
      case .pending, .running: answered(instance, &state)
      }
      events.append(event)
    }
  }

  private func submitted(_ instance: TaskInstanceID, _ verdict: SubmissionVerdict, _ state: inout State) {
    switch verdict {
    case .accepted(let handle):
      answered(instance, &state)
      state.jobs[instance]?.handle = handle
    case .ambiguous: answered(instance, &state)
    case .rejected, .deferred: forget(instance, &state)
    }
  }

  private func answered(_ instance: TaskInstanceID, _ state: inout State) {
    if let call = state.jobs[instance]?.call { state.answered(call) }
    state.jobs[instance]?.call = nil
  }

  private func forget(_ instance: TaskInstanceID, _ state: inout State) {
    answered(instance, &state)
    state.jobs[instance] = nil
  }

  private func ended(_ instance: TaskInstanceID, _ state: inout State) {
    forget(instance, &state)
    state.unacknowledged.insert(instance)
    state.deaths = 0
  }
}
