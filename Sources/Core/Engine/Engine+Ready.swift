import JobmonExecution
import JobmonModel
import JobmonStore

/// From "all upstreams done" to "in a group's queue".
extension Engine {
  mutating func begin() throws(EngineError) {
    var byProfile: [Int64: Int32] = [:]
    for task in plan.profile.indices {
      let pair = Int64(plan.profile[task]) << 32 | Int64(plan.template[task])
      if let known = byProfile[pair] {
        tasks.setGroup(known, of: TaskIndex(task))
      } else {
        let settings = plan.profiles[Int(plan.profile[task])].settings
        let group = self.group(for: TaskIndex(task), settings.request, isValid: true)
        byProfile[pair] = group
        tasks.setGroup(group, of: TaskIndex(task))
      }
    }
    recordFreshStarts()
    for instance in plan.openInstances { try adoptOrAwait(instance) }
    for task in tasks.indices where tasks[TaskIndex(task)] == .done {
      countOff(downstreamOf: TaskIndex(task))
    }
    askWhatBecame()
    for failure in plan.resourceFailures where tasks[failure.task] != .done {
      scaleBeforeFirstAttempt(
        failure, from: plan.profiles[Int(plan.profile[Int(failure.task)])].settings.request)
    }
    for task in tasks.indices where tasks[TaskIndex(task)] == .waiting(unfinished: 0) {
      try makeReady(TaskIndex(task))
    }
    hasBegun = true
  }

  /// Resets the counters of tasks that failed in an earlier run, as if they had never been tried.
  private mutating func recordFreshStarts() {
    for old in [TaskStatus.error, .adjusting, .fatal] {
      let tasks = plan.statuses.indices.filter { plan.statuses[$0] == old }.map { TaskIndex($0) }
      guard !tasks.isEmpty else { continue }
      actions.append(.record(.tasks(tasks, from: old, to: .registering, why: .resumed, at: now.wall)))
    }
  }

  /// Removes a done task from its downstreams' counts, before any task is ready.
  private mutating func countOff(downstreamOf node: Int32) {
    for next in plan.graph.downstream(of: node) {
      if tasks.countOff(next), plan.graph.isJoin(next) { countOff(downstreamOf: next) }
    }
  }

  /// Removes a newly done task from its downstreams' counts. Downstreams with no upstreams left become ready.
  mutating func release(downstreamOf node: Int32) throws(EngineError) {
    for next in plan.graph.downstream(of: node) {
      guard tasks.countOff(next) else { continue }
      if plan.graph.isJoin(next) {
        try release(downstreamOf: next)
      } else {
        try makeReady(next)
      }
    }
  }

  /// Puts a task into its group's queue.
  mutating func makeReady(_ task: TaskIndex) throws(EngineError) {
    if usesCallbacks, try askBeforeQueueing(task) { return }
    let group = tasks.group(of: task)
    if let why = placer.whyImpossible(group) {
      try giveUp(task, why: .impossible(why))
      return
    }
    try tasks.enqueue(task)
    placer.enqueue(
      task, in: group, rank: rankOfProfile[Int(plan.profile[Int(task)])], priority: urgency.level(of: task),
      isRetry: tasks.attempts(of: task) > 0)
  }

  /// Marks a task that can no longer run as failed permanently.
  mutating func giveUp(_ task: TaskIndex, why: ChangeReason) throws(EngineError) {
    let old = tasks.status(of: task)
    try tasks.giveUp(task)
    noteBlocked(by: task)
    actions.append(.record(.tasks([task], from: old.kept, to: .fatal, why: why, at: now.wall)))
    actions.append(
      .failed(
        FailedAttempt(
          task: task, instance: nil, attempt: tasks.attempts(of: task), outcome: nil, request: nil,
          reason: why.words ?? "", willRetry: false)))
    failFastIfAsked()
  }

  mutating func failFastIfAsked() {
    if plan.policy.failFast, stopping == nil { beginStop(StopOrder(running: .finish, ending: .failFast)) }
  }

  /// The group for a request, created if necessary. The cluster validates a new group's request before it is used.
  mutating func group(for task: TaskIndex, _ request: ResourceRequest, isValid: Bool) -> Int32 {
    let profile = plan.profiles[Int(plan.profile[Int(task)])]
    let key = ReadyGroup.Key(
      cluster: profile.cluster, template: Int(plan.template[Int(task)]), request: request,
      maxAttempts: profile.settings.maxAttempts)
    let (group, isNew) = placer.group(for: key, isValid: isValid)
    if isNew, !isValid { actions.append(.validate(cluster: key.cluster, [request])) }
    return group
  }

  /// Accepts the cluster's verdicts on requests that were changed by retries.
  mutating func take(_ requests: [ResourceRequest], _ verdicts: [ResourceVerdict], of cluster: Int)
    throws(EngineError)
  {
    for (request, verdict) in zip(requests, verdicts) {
      for group in placer.take(verdict, on: request, of: cluster) {
        if let notice = group.notice { actions.append(.notice(notice)) }
        for task in group.impossible { try giveUp(task, why: .impossible(group.why)) }
      }
    }
  }

  mutating func releaseDelayed() throws(EngineError) {
    while let task = try tasks.popDelayed(now: now.monotonic) { try makeReady(task) }
  }

  /// Queues a task again after a delay.
  mutating func delay(_ task: TaskIndex, by milliseconds: Int64) throws(EngineError) {
    try tasks.delay(task, until: now.monotonic + milliseconds)
  }

  /// Moves a task to a larger request, or to another queue; the task is FATAL if no queue accepts it.
  mutating func regroup(_ task: TaskIndex, _ request: ResourceRequest) -> QueueChoice {
    let profile = plan.profiles[Int(plan.profile[Int(task)])]
    let choice = QueueChoice(
      request, queues: placer.clusters[profile.cluster].queues, fallback: profile.settings.fallbackQueues)
    if case .fits(let request) = choice {
      tasks.setGroup(group(for: task, request, isValid: false), of: task)
    }
    return choice
  }

  /// Increases the request for the resource that ran out before this run, or before the task was reset.
  ///
  /// - Parameter request: the request to scale. The failed request may belong to another cluster.
  mutating func scaleBeforeFirstAttempt(_ failure: ResourceFailure, from request: ResourceRequest) {
    let settings = plan.profiles[Int(plan.profile[Int(failure.task)])].settings
    var base = request
    switch failure.resource {
    case .memory: base.memory = Swift.max(base.memory ?? 0, failure.request.memory ?? 0)
    case .runtime: base.runtime = Swift.max(base.runtime ?? 0, failure.request.runtime ?? 0)
    }
    if case .callback(let name) = settings.scales[failure.resource] {
      tasks.setPendingOrder(
        ResourceOrder(
          task: failure.task, callback: name, request: base, ranOut: failure.resource, failures: 1))
      return
    }
    let failed = failure.resource == .memory ? base.memory : base.runtime
    let failures = settings.scales[failure.resource]?.failures(upTo: failed ?? 0) ?? 1
    let scaled = settings.scaled(base, failure.resource, failures: failures)
    if case .impossible(let why) = regroup(failure.task, scaled) {
      actions.append(
        .notice("a task keeps its \(failure.resource.rawValue) request although it was exceeded: \(why)"))
    }
  }
}
