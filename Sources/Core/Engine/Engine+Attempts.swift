import JobmonExecution
import JobmonModel
import JobmonStore

/// What executors say of attempts, and what follows.
extension Engine {
  mutating func take(_ event: ExecutorEvent, of cluster: Int) throws(EngineError) {
    switch event {
    case .info(let description):
      clusters[cluster].isUsable = description.health == .ready
    case .validated(let requests, let verdicts):
      try take(requests, verdicts, of: cluster)
    case .submitted(let instances, let verdict):
      try submitted(instances, verdict, on: cluster)
    case .capacity(let more):
      if clusters[cluster].nodes == nil {
        clusters[cluster].maxOutstanding = clusters[cluster].outstanding + min(max(0, more), 1 << 32)
      }
    case .nodeUp(let node): nodeUp(node, on: cluster)
    case .nodeDown(let name): nodeDown(name, on: cluster)
    case .started(let instance, let node, let time):
      try started(instance, node: node, at: time)
    case .waiting(let instances, let reason):
      let known = instances.filter { open[$0]?.phase == .launched }
      if !known.isEmpty { actions.append(.record(.waiting(known, reason: reason))) }
    case .ended(let instance, let outcome):
      try ended(instance, outcome, on: cluster)
    case .usage(let instance, let usage):
      actions.append(.record(.usage(instance, usage)))
    case .cancelled: break
    case .recovered(let instance, let verdict):
      try recovered(instance, verdict, on: cluster)
    // The driver has told people.
    case .log: break
    case .health(.ready):
      clusters[cluster].isUsable = true
    case .health(.unavailable(let why)):
      clusters[cluster].isUsable = false
      actions.append(.notice("cluster \(clusters[cluster].name) is not available now: \(why)"))
    }
  }

  // MARK: Submission

  /// Milliseconds before a cluster's reason for not taking tasks now is told again.
  private static let noticePause: Int64 = 600_000

  private mutating func submitted(
    _ instances: [TaskInstanceID], _ verdict: SubmissionVerdict, on cluster: Int
  )
    throws(EngineError)
  {
    switch verdict {
    case .accepted(let handle):
      var known: [LaunchRecord] = []
      for instance in instances {
        guard let place = open.place(of: instance), open.values[place].phase == .instantiated else {
          continue
        }
        open.values[place].phase = .launched
        try move(open.values[place].task, to: .launched)
        known.append(LaunchRecord(instance: instance, task: open.values[place].task))
      }
      // Where the core places, a task starts at once: that is the change worth a row.
      guard let first = known.first, let token = open[first.instance]?.token else { return }
      if clusters[cluster].nodes == nil || handle != nil {
        actions.append(.record(.launched(batch: token, known, handle: handle, at: now.wall)))
      }
    case .rejected(let why):
      for instance in instances {
        try end(instance, Outcome(cause: .launchFailure, message: why), fatal: .rejected)
      }
    case .deferred(let after, let why):
      // Any backend may say anything.
      let seconds = after > 0 ? min(after, 1e9) : 0
      // A cluster that is full says so to every batch.
      if clusters[cluster].deferrals[why].map({ now.monotonic - $0 > Self.noticePause }) ?? true {
        clusters[cluster].deferrals[why] = now.monotonic
        actions.append(
          .notice(
            "\(clusters[cluster].name): \(why); trying again in \(Int64(nearest: seconds.rounded(.up))) s"))
      }
      for instance in instances {
        try end(
          instance, Outcome(cause: .interrupted, message: why), pause: Milliseconds.of(seconds: seconds))
      }
    case .ambiguous(let why):
      actions.append(.notice("\(clusters[cluster].name): \(why); asking what became of the submission"))
      ask(cluster, about: instances.filter { open[$0] != nil })
    }
  }

  /// Has the backend find out whether submissions exist whose answer was lost.
  private mutating func ask(_ cluster: Int, about instances: [TaskInstanceID]) {
    guard let first = instances.first.flatMap({ open[$0] }) else { return }
    let batch = RecoverableBatch(
      token: first.token, resources: groups[Int(first.group)].request,
      instances: instances.compactMap { instance in
        open[instance].map { RecoverableBatch.Instance(index: $0.index, instance: instance, handle: nil) }
      },
      cancel: false)
    actions.append(.recover(cluster: cluster, [batch]))
  }

  // MARK: Running and ending

  private mutating func started(_ instance: TaskInstanceID, node: String?, at time: Timestamp)
    throws(EngineError)
  {
    guard let place = open.place(of: instance), open.values[place].phase != .running else { return }
    open.values[place].phase = .running
    let task = open.values[place].task
    if open.values[place].node == nil { occupy(node, by: instance) }
    try move(task, to: .running)
    actions.append(.record(.started(instance, task, node: node, at: time)))
  }

  /// Where the core places, an adopted instance holds its node's cores and memory as soon as the node is known.
  mutating func occupy(_ node: String?, by instance: TaskInstanceID) {
    guard let node, let attempt = open.place(of: instance) else { return }
    let group = Int(open.values[attempt].group)
    let cluster = groups[group].key.cluster
    guard let place = clusters[cluster].nodes?.firstIndex(where: { $0.node.name == node }) else { return }
    open.values[attempt].node = place
    takePlace(on: cluster, place, groups[group].size)
  }

  private mutating func ended(_ instance: TaskInstanceID, _ outcome: Outcome, on cluster: Int)
    throws(EngineError)
  {
    if !recovering.isEmpty, recovering[instance] != nil {
      try recovered(instance, .ended(outcome), on: cluster)
    } else {
      try end(instance, outcome)
    }
    // An end that is told twice is acknowledged twice.
    acknowledged[cluster].append(instance)
  }

  /// Takes an attempt out of the books and sends its task on.
  ///
  /// - Parameters:
  ///   - fatal: why there can be no further attempt, where the backend says so.
  ///   - pause: milliseconds to wait before the task is queued again, where the backend asks for that.
  private mutating func end(
    _ instance: TaskInstanceID, _ outcome: Outcome, fatal: LastAttempt? = nil, pause: Int64? = nil
  ) throws(EngineError) {
    guard let attempt = open.removeValue(forKey: instance) else { return }
    let task = attempt.task
    let group = Int(attempt.group)
    let template = groups[group].key.template
    free(attempt)
    noteRuntime(outcome, template: template)
    var outcome = outcome
    // Whatever else a command does when we end it, it was we who ended it.
    if attempt.isCancelled, !outcome.cause.isSuccess { outcome.cause = .interrupted }

    if outcome.cause.isSuccess {
      urgency.note(outcome, template: template)
      try record(instance, attempt, outcome, to: .done, status: .done)
      try release(downstreamOf: task)
      return
    }
    if outcome.isLogDiskFull == true, outcome.cause.failureClass != .ours {
      // Nobody's failure, and counted as none: nothing starts until there is room.
      try record(
        instance, attempt, outcome, to: .queued, status: outcome.lossStatus, followUp: .whenDiskHasRoom)
      try makeReady(task)
      return
    }
    let (cluster, request) = (groups[group].key.cluster, groups[group].request)
    var decision = RetryPolicy.Decision.again
    if let fatal {
      decision = .fatal(fatal)
    } else if pause == nil {
      decision = decide(task, outcome, request: request)
    }
    var next: ResourceRequest?
    if case .scaled(let resource) = decision, let why = scale(task, resource, request, next: &next) {
      decision = .fatal(.noRoom(for: resource, why: why))
    }
    try follow(instance, attempt, outcome, decision, next: next, pause: pause, on: cluster)
  }

  /// Gives a task more of what ran out, or has its callback asked how much.
  ///
  /// - Returns: why no queue takes it; nil where one does, or where the callback has not answered yet.
  private mutating func scale(
    _ task: TaskIndex, _ resource: ScalableResource, _ request: ResourceRequest, next: inout ResourceRequest?
  ) -> String? {
    let settings = plan.profiles[Int(plan.profile[Int(task)])].settings
    let before = setbacks[task] ?? RetryPolicy.Setbacks()
    let failures = resource == .memory ? before.memory : before.runtime
    if case .callback(let name) = settings.scales[resource] {
      pendingOrders[task] = ResourceOrder(
        task: task, callback: name, request: request, ranOut: resource, failures: failures)
      return nil
    }
    switch regroup(task, settings.scaled(request, resource, failures: failures)) {
    case .fits(let request):
      next = request
      return nil
    case .impossible(let why): return why
    }
  }

  private mutating func follow(
    _ instance: TaskInstanceID, _ attempt: OpenAttempt, _ outcome: Outcome, _ decision: RetryPolicy.Decision,
    next: ResourceRequest?, pause: Int64?, on cluster: Int
  ) throws(EngineError) {
    let task = attempt.task
    let isOurs = outcome.cause.failureClass == .ours
    switch decision {
    case .again where isOurs:
      try record(instance, attempt, outcome, to: .queued, status: pause == nil ? .killed : .noDistributorID)
      if let pause { delay(task, by: pause) } else { try makeReady(task) }
    case .again:
      retries += 1
      try record(instance, attempt, outcome, to: .error, status: .error, followUp: .retry)
      report(instance, attempt, outcome, .retry)
      try makeReady(task)
    case .later(let milliseconds):
      retries += 1
      let next = FollowUp.retryLater(
        notBefore: Timestamp(milliseconds: now.wall.rawValue.clampedSum(milliseconds)))
      try record(instance, attempt, outcome, to: .error, status: outcome.lossStatus, followUp: next)
      report(instance, attempt, outcome, .retry)
      delay(task, by: milliseconds)
    case .scaled(let resource):
      retries += 1
      try record(
        instance, attempt, outcome, to: .adjusting, status: .resourceError,
        followUp: .retryWithMore(resource),
        next: next)
      report(instance, attempt, outcome, .retryWithMore(resource))
      try makeReady(task)
    case .fatal(let why):
      let isResource = if case .resource = outcome.cause.failureClass { true } else { false }
      try record(
        instance, attempt, outcome, to: .fatal, status: isResource ? .resourceError : .fatal,
        followUp: FollowUp.noFurtherAttempt(why))
      report(instance, attempt, outcome, .noFurtherAttempt(why))
      failFastIfAsked()
    }
  }

  private mutating func decide(_ task: TaskIndex, _ outcome: Outcome, request: ResourceRequest)
    -> RetryPolicy.Decision
  {
    let template = plan.templates[Int(plan.template[Int(task)])]
    let rule = RetryPolicy(
      maxAttempts: plan.profiles[Int(plan.profile[Int(task)])].settings.maxAttempts,
      retryExitCodes: template.retryExitCodes, noRetryExitCodes: template.noRetryExitCodes,
      policy: plan.policy)
    guard outcome.cause.failureClass != .ours else { return .again }
    return rule.decide(outcome, request: request, setbacks: &setbacks[task, default: RetryPolicy.Setbacks()])
  }

  private mutating func record(
    _ instance: TaskInstanceID, _ attempt: OpenAttempt, _ outcome: Outcome, to next: TaskStatus,
    status: TaskInstanceStatus, followUp: FollowUp? = nil, next request: ResourceRequest? = nil
  ) throws(EngineError) {
    let old = self.status[Int(attempt.task)]
    try move(attempt.task, to: next)
    actions.append(
      .record(
        .ended(
          EndRecord(
            instance: instance, task: attempt.task, attempt: attempt.attempt, outcome: outcome,
            instanceStatus: status, from: old, taskStatus: next.kept, followUp: followUp,
            nextRequest: request,
            at: now.wall))))
  }

  private mutating func report(
    _ instance: TaskInstanceID, _ attempt: OpenAttempt, _ outcome: Outcome, _ followUp: FollowUp
  ) {
    actions.append(
      .failed(
        FailedAttempt(
          task: attempt.task, instance: instance, attempt: attempt.attempt, outcome: outcome,
          request: groups[Int(attempt.group)].request,
          reason: FailureText.reason(outcome.cause, message: outcome.message, followUp),
          willRetry: followUp.isRetry)))
  }

  /// Gives back what an attempt held.
  private mutating func free(_ attempt: OpenAttempt) {
    let group = Int(attempt.group)
    let (cluster, template) = (groups[group].key.cluster, groups[group].key.template)
    active -= 1
    activeOfTemplate[template] -= 1
    clusters[cluster].outstanding -= 1
    if let node = attempt.node, !attempt.waits {
      clusters[cluster].nodes?[node].give(groups[group].size)
      handOver(groups[group].size, on: cluster)
    }
    unpark(template)
  }

  // MARK: Nodes

  private mutating func nodeUp(_ node: ClusterNode, on cluster: Int) {
    guard let known = clusters[cluster].nodes else { return }
    if let place = known.firstIndex(where: { $0.node.name == node.name }) {
      let usedCores = known[place].node.cores - known[place].freeCores
      let usedMemory = known[place].node.memory - known[place].freeMemory
      clusters[cluster].nodes![place].node = node
      clusters[cluster].nodes![place].isUp = true
      clusters[cluster].nodes![place].freeCores = node.cores - usedCores
      clusters[cluster].nodes![place].freeMemory = node.memory - usedMemory
    } else {
      clusters[cluster].nodes!.append(ClusterState.NodeState(node))
    }
    clusters[cluster].countCores()
  }

  private mutating func nodeDown(_ name: String, on cluster: Int) {
    guard let place = clusters[cluster].nodes?.firstIndex(where: { $0.node.name == name }) else { return }
    clusters[cluster].nodes![place].isUp = false
  }
}

extension Outcome {
  /// How an attempt that failed through no fault of its own is kept.
  fileprivate var lossStatus: TaskInstanceStatus {
    switch cause {
    case .lost: .unknown
    case .launchFailure: .noDistributorID
    default: .error
    }
  }
}
