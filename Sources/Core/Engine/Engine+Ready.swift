import JobmonExecution
import JobmonModel
import JobmonStore

/// From "all upstreams done" to "in a group's queue".
extension Engine {
  mutating func begin() throws(EngineError) {
    groupOf = plan.profile.indices.map { _ in 0 }
    var byProfile: [Int64: Int32] = [:]
    for task in plan.profile.indices {
      let pair = Int64(plan.profile[task]) << 32 | Int64(plan.template[task])
      if let known = byProfile[pair] {
        groupOf[task] = known
      } else {
        let settings = plan.profiles[Int(plan.profile[task])].settings
        let group = self.group(for: TaskIndex(task), settings.request, verdict: .ok)
        byProfile[pair] = group
        groupOf[task] = group
      }
    }
    startAfresh()
    for cluster in plan.openInstances.indices { adoptOrAwait(plan.openInstances[cluster]) }
    askWhatBecame()
    for failure in plan.resourceFailures where status[Int(failure.task)] != .done {
      scaleBeforeFirstAttempt(failure)
    }
    for task in status.indices where status[task] == .done { countOff(downstreamOf: TaskIndex(task)) }
    let recovering = awaitsRecovery
    for task in status.indices where status[task] == .registering && waiting[task] == 0 {
      if !recovering.contains(TaskIndex(task)) { try makeReady(TaskIndex(task)) }
    }
    hasBegun = true
  }

  /// Tasks that failed in an earlier run get fresh counters: they are as if never tried.
  private mutating func startAfresh() {
    for old in [TaskStatus.error, .adjusting, .fatal] {
      let tasks = status.indices.filter { status[$0] == old }.map { TaskIndex($0) }
      guard !tasks.isEmpty else { continue }
      for task in tasks { status[Int(task)] = .registering }
      actions.append(.record(.tasks(tasks, from: old, to: .registering, why: .resumed, at: now.wall)))
    }
    for task in status.indices {
      // What an open instance was doing is told by its recovery.
      if status[task] != .done { status[task] = .registering }
      counts[Int(plan.template[task])][status[task].word] += 1
    }
    doneCount = status.count { $0 == .done }
  }

  /// Counts a done task off its downstreams, before anything is ready.
  private mutating func countOff(downstreamOf node: Int32) {
    for next in plan.graph.downstream(of: node) {
      waiting[Int(next)] -= 1
      if waiting[Int(next)] == 0, plan.graph.isJoin(next) { countOff(downstreamOf: next) }
    }
  }

  /// Counts a task that just became done off its downstreams; those that wait for nothing more are ready.
  mutating func release(downstreamOf node: Int32) throws(EngineError) {
    for next in plan.graph.downstream(of: node) {
      waiting[Int(next)] -= 1
      guard waiting[Int(next)] == 0 else { continue }
      if plan.graph.isJoin(next) {
        try release(downstreamOf: next)
      } else if status[Int(next)] == .registering {
        try makeReady(next)
      }
    }
  }

  /// Puts a task into its group's queue.
  mutating func makeReady(_ task: TaskIndex) throws(EngineError) {
    if usesCallbacks, try askBeforeQueueing(task) { return }
    let place = groupOf[Int(task)]
    if case .impossible(let why) = groups[Int(place)].verdict {
      try giveUp(task, why: .impossible(why))
      return
    }
    if status[Int(task)] != .queued { try move(task, to: .queued) }
    arrivals += 1
    queuedCount += 1
    // A task that is tried again has waited already: among equals it goes before all that are new.
    let arrival = attempts[Int(task)] > 0 ? arrivals : arrivals | 1 << 63
    let ready = ReadyTask(
      rank: rankOfProfile[Int(plan.profile[Int(task)])], priority: priority[Int(task)], arrival: arrival,
      task: task)
    groups[Int(place)].tasks.insert(ready)
    if groups[Int(place)].tasks.first == ready { enqueue(place) }
  }

  /// Enters a group into its cluster's queue under its first task.
  mutating func enqueue(_ group: Int32) {
    let place = Int(group)
    guard groups[place].verdict == .ok, !groups[place].isParked, let head = groups[place].tasks.first else {
      return
    }
    clusters[groups[place].key.cluster].ready.insert(QueuedGroup(head: head, group: group))
  }

  /// A task that cannot be run at all any more.
  mutating func giveUp(_ task: TaskIndex, why: ChangeReason) throws(EngineError) {
    let old = status[Int(task)]
    try move(task, to: .fatal)
    actions.append(.record(.tasks([task], from: old.kept, to: .fatal, why: why, at: now.wall)))
    actions.append(
      .failed(
        FailedAttempt(
          task: task, instance: nil, attempt: Int(attempts[Int(task)]), outcome: nil, request: nil,
          reason: why.words ?? "", willRetry: false)))
    failFastIfAsked()
  }

  mutating func failFastIfAsked() {
    if plan.policy.failFast, stopping == nil { beginStop(StopOrder(running: .finish, ending: .failFast)) }
  }

  /// The group for a request, made if there is none. A new one is validated by the cluster before it is used.
  mutating func group(for task: TaskIndex, _ request: ResourceRequest, verdict: ReadyGroup.Verdict?) -> Int32
  {
    let profile = plan.profiles[Int(plan.profile[Int(task)])]
    let key = ReadyGroup.Key(
      cluster: profile.cluster, template: Int(plan.template[Int(task)]), request: request,
      maxAttempts: profile.settings.maxAttempts)
    if let known = groupPlace[key] { return known }
    let place = Int32(groups.count)
    groups.append(ReadyGroup(key, verdict: verdict ?? .asked))
    groupPlace[key] = place
    if verdict == nil { actions.append(.validate(cluster: key.cluster, [request])) }
    return place
  }

  /// The cluster's answer on requests that retries came up with.
  mutating func take(_ requests: [ResourceRequest], _ verdicts: [ResourceVerdict], of cluster: Int)
    throws(EngineError)
  {
    for (request, verdict) in zip(requests, verdicts) {
      for place in groups.indices
      where groups[place].verdict == .asked && groups[place].key.cluster == cluster
        && groups[place].key.request == request
      {
        switch verdict {
        case .ok: groups[place].verdict = .ok
        case .coerced(let other, let why):
          groups[place].verdict = .ok
          groups[place].request = other
          actions.append(.notice("\(plan.clusters[cluster].name): \(why)"))
        case .impossible(let why): groups[place].verdict = .impossible(why: why)
        }
        if groups[place].verdict == .ok, !fitsSomewhere(groups[place].request, on: cluster) {
          groups[place].verdict = .impossible(
            why: "no node of cluster \(clusters[cluster].name) is large enough")
        }
        if case .impossible(let why) = groups[place].verdict {
          while !groups[place].tasks.isEmpty {
            let task = groups[place].tasks.removeFirst().task
            queuedCount -= 1
            try giveUp(task, why: .impossible(why))
          }
        } else {
          enqueue(Int32(place))
        }
      }
    }
  }

  private func fitsSomewhere(_ request: ResourceRequest, on cluster: Int) -> Bool {
    clusters[cluster].nodes.map { $0.isEmpty || $0.contains { $0.couldEverFit(request) } } ?? true
  }

  mutating func releaseDelayed() throws(EngineError) {
    while let first = delayed.first, first.due <= now.monotonic {
      _ = delayed.removeFirst()
      queuedCount -= 1
      try makeReady(first.task)
    }
  }

  /// Queues a task again after a while.
  mutating func delay(_ task: TaskIndex, by milliseconds: Int64) {
    arrivals += 1
    queuedCount += 1
    delayed.insert(DelayedTask(due: now.monotonic + milliseconds, arrival: arrivals, task: task))
  }

  /// Moves a task to a larger request, or to another queue; it is FATAL where no queue takes that.
  mutating func regroup(_ task: TaskIndex, _ request: ResourceRequest) -> QueueChoice {
    let profile = plan.profiles[Int(plan.profile[Int(task)])]
    let choice = QueueChoice(
      request, queues: clusters[profile.cluster].queues, fallback: profile.settings.fallbackQueues)
    if case .fits(let request) = choice { groupOf[Int(task)] = group(for: task, request, verdict: nil) }
    return choice
  }

  private mutating func scaleBeforeFirstAttempt(_ failure: ResourceFailure) {
    let settings = plan.profiles[Int(plan.profile[Int(failure.task)])].settings
    // The stored definition is what is scaled from: the failed request may stem from another cluster.
    var base = settings.request
    switch failure.resource {
    case .memory: base.memory = Swift.max(base.memory ?? 0, failure.request.memory ?? 0)
    case .runtime: base.runtime = Swift.max(base.runtime ?? 0, failure.request.runtime ?? 0)
    }
    if case .callback(let name) = settings.scales[failure.resource] {
      pendingOrders[failure.task] = ResourceOrder(
        task: failure.task, callback: name, request: base, ranOut: failure.resource, failures: 1)
      return
    }
    let failed = failure.resource == .memory ? base.memory : base.runtime
    let failures = settings.scales[failure.resource]?.failures(upTo: failed ?? 0) ?? 1
    let scaled = settings.scaled(base, failure.resource, failures: failures)
    if case .impossible(let why) = regroup(failure.task, scaled) {
      actions.append(
        .notice("a task keeps its request after running out of \(failure.resource.rawValue): \(why)"))
    }
  }
}
