import JobmonCore

/// Applies the effects of observations. This happens under the lock of ``SlurmExecutor/state``, so that events are
/// posted in the order of the observations.
extension SlurmExecutor {
  /// Applies an observation of a task, and its effects.
  func observe(
    _ observation: JobObservation, of index: Int, in token: String, _ state: inout State, _ opened: Opened
  ) {
    let consequences = state.book.observe(observation, of: index, in: token, opened.rules)
    act(on: consequences, &state, opened)
  }

  func act(on consequences: [JobBook.Consequence], _ state: inout State, _ opened: Opened) {
    var events: [ExecutorEvent] = []
    var waiting: [String: [TaskInstanceID]] = [:]
    for (instance, effect) in consequences.map({ ($0.instance, $0.effect) }) {
      switch effect {
      case .started(let node, let time): events.append(.started(instance, node: node, at: time ?? .now))
      case .waiting(let reason): waiting[reason, default: []].append(instance)
      case .ended(let outcome):
        events.append(.ended(instance, outcome))
        events += note(outcome, of: instance, &state, opened)
      case .recovered(let verdict):
        events.append(.recovered(instance, verdict))
        if case .ended(let outcome) = verdict { events += note(outcome, of: instance, &state, opened) }
      case .cancelled(let verdict): events.append(.cancelled(instance, verdict))
      case .claim:
        guard let (token, index) = state.book.location(of: instance) else { continue }
        state.toClaim[token, default: []].append(index)
      case .cancelJob:
        guard let (token, index) = state.book.location(of: instance) else { continue }
        state.cancellations += (state.book.batches[token]?.jobs ?? []).sorted().map { "\($0)_[\(index)]" }
      case .askController: requests.post([.look])
      case .warning(let why):
        guard let (token, index) = state.book.location(of: instance) else { continue }
        events.append(.log(.warning, "cannot determine the state of \(token).\(index): \(why)"))
      }
    }
    for (reason, instances) in waiting.sorted(by: { $0.key < $1.key }) {
      events.append(.waiting(instances, reason: reason))
      guard !Self.usualReasons.contains(reason) else { continue }
      let tasks = CountText.of(instances.count, "task waits", plural: "tasks wait")
      events.append(.log(.warning, "\(tasks) in the queue: \(reason)"))
    }
    if !events.isEmpty { opened.events.post(events) }
  }

  /// Usual reasons why jobs wait. Other reasons may persist, and are shown to the user.
  private static let usualReasons: Set<String> = [
    "", "None", "Priority", "Resources", "Cleaning", "JobArrayTaskLimit", "BeginTime", "Dependency",
  ]

  /// Records a failure of the node, and whether accounting must be asked for the resource usage.
  private func note(
    _ outcome: Outcome, of instance: TaskInstanceID, _ state: inout State, _ opened: Opened
  ) -> [ExecutorEvent] {
    if opened.rules.hasAccounting, outcome.usage == nil,
      let (token, index) = state.book.location(of: instance),
      let jobs = state.book.batches[token]?.jobs, !jobs.isEmpty
    {
      state.unmeasured.append(
        Unmeasured(instance: instance, token: token, index: index, jobs: jobs, next: Instant.now.monotonic))
    }
    guard outcome.cause == .nodeFailure || outcome.cause == .launchFailure, let node = outcome.node,
      !node.isEmpty, outcome.isPermanent != true, outcome.isLogDiskFull != true
    else { return [] }
    state.strikes[node, default: 0] += 1
    guard state.strikes[node] == Self.strikes else { return [] }
    return [.log(.warning, "node \(node) has failed \(Self.strikes) times: new tasks avoid it")]
  }
}
