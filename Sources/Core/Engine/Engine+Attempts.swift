import JobmonExecution
import JobmonModel
import JobmonStore

/// Executors' reports on attempts, and what follows from them.
extension Engine {
  mutating func take(_ event: ExecutorEvent, of cluster: Int) throws(EngineError) {
    switch event {
    case .info(let description):
      placer.setUsable(description.health == .ready, cluster)
    case .validated(let requests, let verdicts):
      try take(requests, verdicts, of: cluster)
    case .submitted(let instances, let verdict):
      try submitted(instances, verdict, on: cluster)
    case .capacity(let more): placer.setCapacity(more, of: cluster)
    case .nodeUp(let node): placer.nodeUp(node, on: cluster)
    case .nodeDown(let name): placer.nodeDown(name, on: cluster)
    case .started(let instance, let node, let time):
      try started(instance, node: node, at: time)
    case .waiting(let instances, let reason):
      let known = instances.filter { instance in
        tasks.attempt(instance).map { tasks[$0.task] == .launched } ?? false
      }
      if !known.isEmpty { actions.append(.record(.waiting(known, reason: reason))) }
    case .ended(let instance, let outcome):
      try ended(instance, outcome, on: cluster)
    case .usage(let instance, let usage):
      actions.append(.record(.usage(instance, usage)))
    case .cancelled: break
    case .recovered(let instance, let verdict):
      try recovered(instance, verdict, on: cluster)
    // The driver has already shown it.
    case .log: break
    case .health(.ready):
      placer.setUsable(true, cluster)
    case .health(.unavailable(let why)):
      placer.setUsable(false, cluster)
      actions.append(.notice("cluster \(placer.clusters[cluster].name) is not available now: \(why)"))
    }
  }

  // MARK: Submission

  private mutating func submitted(
    _ instances: [TaskInstanceID], _ verdict: SubmissionVerdict, on cluster: Int
  )
    throws(EngineError)
  {
    switch verdict {
    case .accepted(let handle):
      var known: [LaunchRecord] = []
      for instance in instances {
        guard let task = try tasks.launch(instance) else { continue }
        known.append(LaunchRecord(instance: instance, task: task))
      }
      // If the core chooses the node, the task starts at once, and its start is recorded instead.
      guard let first = known.first, let token = tasks.attempt(first.instance)?.token else { return }
      if placer.clusters[cluster].nodes == nil || handle != nil {
        actions.append(.record(.launched(batch: token, known, handle: handle, at: now.wall)))
      }
    case .rejected(let why):
      for instance in instances {
        try end(instance, Outcome(cause: .launchFailure, message: why), fatal: .rejected)
      }
    case .deferred(let after, let why):
      // A backend may send any value.
      let seconds = after > 0 ? min(after, 1e9) : 0
      if deferralNotices.isDue(why, of: cluster, now: now.monotonic) {
        let time = Int64(nearest: seconds.rounded(.up))
        actions.append(.notice("\(placer.clusters[cluster].name): \(why); trying again in \(time) s"))
      }
      for instance in instances {
        try end(
          instance, Outcome(cause: .interrupted, message: why), pause: Milliseconds.of(seconds: seconds))
      }
    case .ambiguous(let why):
      actions.append(
        .notice("\(placer.clusters[cluster].name): \(why); checking the submission"))
      ask(cluster, about: instances.filter { tasks.attempt($0) != nil })
    }
  }

  /// Asks the backend whether submissions exist whose reply was lost.
  private mutating func ask(_ cluster: Int, about instances: [TaskInstanceID]) {
    guard let first = instances.first.flatMap({ tasks.attempt($0) }) else { return }
    let batch = RecoverableBatch(
      token: first.token, resources: placer.request(of: first.group),
      instances: instances.compactMap { instance in
        tasks.attempt(instance).map {
          RecoverableBatch.Instance(index: $0.index, instance: instance, handle: nil)
        }
      },
      cancel: false)
    actions.append(.recover(cluster: cluster, [batch]))
  }

  // MARK: Running and ending

  private mutating func started(_ instance: TaskInstanceID, node: String?, at time: Timestamp)
    throws(EngineError)
  {
    guard let task = try tasks.start(instance) else { return }
    if !tasks.hasNode(instance) { occupy(node, by: instance) }
    actions.append(.record(.started(instance, task, node: node, at: time)))
  }

  /// If the core chooses the node, an adopted instance holds its node's cores and memory once the node is known.
  mutating func occupy(_ node: String?, by instance: TaskInstanceID) {
    guard let node, let group = tasks.attempt(instance)?.group,
      let index = placer.clusters[placer.cluster(of: group)].index(ofNode: node)
    else { return }
    tasks.setNode(index, of: instance)
    placer.take(group, onNode: index)
  }

  private mutating func ended(_ instance: TaskInstanceID, _ outcome: Outcome, on cluster: Int)
    throws(EngineError)
  {
    if tasks.earlierInstance(instance) != nil {
      try recovered(instance, .ended(outcome), on: cluster)
    } else {
      try end(instance, outcome)
    }
    // An end that is reported twice is acknowledged twice.
    acknowledged[cluster].append(instance)
  }

  /// Closes an attempt and decides what its task does next.
  ///
  /// - Parameters:
  ///   - fatal: why there can be no further attempt, if the backend reports a reason.
  ///   - pause: milliseconds to wait before the task is queued again, if the backend requests a pause.
  private mutating func end(
    _ instance: TaskInstanceID, _ outcome: Outcome, fatal: LastAttempt? = nil, pause: Int64? = nil
  ) throws(EngineError) {
    guard let attempt = tasks.close(instance) else { return }
    let task = attempt.task
    let template = placer.template(of: attempt.group)
    placer.release(attempt)
    if attempt.node != nil, !attempt.waits { handOver(slotOf: attempt) }
    placer.note(outcome, template: template)
    var outcome = outcome
    // A command that fails after its cancellation was interrupted, whatever it reports.
    if attempt.isCancelled, !outcome.cause.isSuccess { outcome.cause = .interrupted }

    if outcome.cause.isSuccess {
      urgency.note(outcome, template: template)
      try record(instance, attempt, outcome, to: .done, status: .done)
      try release(downstreamOf: task)
      return
    }
    if outcome.isLogDiskFull == true, outcome.cause.failureClass != .ours {
      // Not a failure of the task, and not counted as one: nothing starts until there is room.
      try record(
        instance, attempt, outcome, to: .requeueing(.interrupted), status: outcome.lossStatus,
        followUp: .whenDiskHasRoom)
      try makeReady(task)
      return
    }
    let request = placer.request(of: attempt.group)
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
    try follow(instance, attempt, outcome, decision, next: next, pause: pause)
  }

  /// Increases the task's request for the resource that ran out, or asks its callback for the new amount.
  ///
  /// - Returns: why no queue accepts the request; nil if one does, or if the callback has not answered yet.
  private mutating func scale(
    _ task: TaskIndex, _ resource: ScalableResource, _ request: ResourceRequest, next: inout ResourceRequest?
  ) -> String? {
    let settings = plan.profiles[Int(plan.profile[Int(task)])].settings
    let before = tasks.setbacks(of: task)
    let failures = resource == .memory ? before.memory : before.runtime
    if case .callback(let name) = settings.scales[resource] {
      tasks.setPendingOrder(
        ResourceOrder(
          task: task, callback: name, request: request, ranOut: resource, failures: failures))
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
    next: ResourceRequest?, pause: Int64?
  ) throws(EngineError) {
    let task = attempt.task
    let isOurs = outcome.cause.failureClass == .ours
    switch decision {
    case .again where isOurs:
      try record(
        instance, attempt, outcome, to: .requeueing(.interrupted),
        status: pause == nil ? .killed : .noDistributorID)
      if let pause { try delay(task, by: pause) } else { try makeReady(task) }
    case .again:
      try record(instance, attempt, outcome, to: .requeueing(.failed), status: .error, followUp: .retry)
      report(instance, attempt, outcome, .retry)
      try makeReady(task)
    case .later(let milliseconds):
      let next = FollowUp.retryLater(
        notBefore: Timestamp(milliseconds: now.wall.rawValue.clampedSum(milliseconds)))
      try record(
        instance, attempt, outcome, to: .requeueing(.failed), status: outcome.lossStatus, followUp: next)
      report(instance, attempt, outcome, .retry)
      try delay(task, by: milliseconds)
    case .scaled(let resource):
      try record(
        instance, attempt, outcome, to: .requeueing(.adjusting), status: .resourceError,
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
    return tasks.withSetbacks(of: task) { rule.decide(outcome, request: request, setbacks: &$0) }
  }

  private mutating func record(
    _ instance: TaskInstanceID, _ attempt: OpenAttempt, _ outcome: Outcome, to next: TaskState,
    status: TaskInstanceStatus, followUp: FollowUp? = nil, next request: ResourceRequest? = nil
  ) throws(EngineError) {
    let old = tasks.status(of: attempt.task)
    try tasks.end(attempt.task, to: next)
    if next == .fatal { noteBlocked(by: attempt.task) }
    actions.append(
      .record(
        .ended(
          EndRecord(
            instance: instance, task: attempt.task, attempt: attempt.attempt, outcome: outcome,
            instanceStatus: status, from: old, taskStatus: next.status.kept, followUp: followUp,
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
          request: placer.request(of: attempt.group),
          reason: FailureText.reason(outcome.cause, message: outcome.message, followUp),
          willRetry: followUp.isRetry)))
  }
}

extension Outcome {
  /// The recorded status of an attempt that failed through no fault of its own.
  fileprivate var lossStatus: TaskInstanceStatus {
    switch cause {
    case .lost: .unknown
    case .launchFailure: .noDistributorID
    default: .error
    }
  }
}
