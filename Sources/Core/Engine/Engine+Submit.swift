import JobmonModel
import JobmonStore

/// From a group's queue to the executor.
extension Engine {
  /// Submits the tasks that fit and are allowed now, highest priority first.
  mutating func submitReady() throws(EngineError) {
    guard hasBegun, !isStopping, !isLogDiskFull, tasks.queuedCount > 0 else { return }
    for cluster in placer.clusters.indices where placer.canStart(on: cluster) { try submitReady(on: cluster) }
  }

  private mutating func submitReady(on cluster: Int) throws(EngineError) {
    var turn = SubmissionsOfTurn()
    while let placement = placer.next(on: cluster, hasIDs: !instanceIDs.isEmpty) {
      try submit(placement, on: cluster, in: &turn)
    }
    placer.endSearch(on: cluster)
    // These can be submitted as soon as a slot is free. The end of the previous attempt is committed while they start.
    for next in placer.tasksToPrepare(on: cluster, most: instanceIDs.count, in: tasks) {
      try tasks.prepare(recordAttempt(of: next, in: &turn))
    }
    submit(turn)
    let left = plan.graph.taskCount - tasks.doneCount
    if let count = instanceIDs.order(queued: tasks.queuedCount, left: left) {
      actions.append(.reserveInstanceIDs(count))
    }
  }

  /// The records and submissions of one turn on one cluster, batch by batch, in order.
  private struct SubmissionsOfTurn {
    var list: [Submission] = []
    var records: [[AttemptRecord]] = []
    /// Index in `list`, by group.
    var indexOfGroup: [Int: Int] = [:]
    /// Attempts recorded by an earlier turn.
    var recorded: [Submission] = []
  }

  private mutating func submit(
    _ placement: Placer.Placement, on cluster: Int, in turn: inout SubmissionsOfTurn
  ) throws(EngineError) {
    let (task, group) = (placement.task, placement.group)
    let early = tasks.preparedAttempt(of: task)
    let own = early ?? recordAttempt(of: placement, in: &turn)
    let attempt = Submission.Attempt(
      task: task, instance: own.instance, index: own.index, attempt: own.attempt,
      node: placement.node.map { placer.nodeName($0, on: cluster) }, waits: placement.waits,
      places: placer.taken(group) ?? 1)
    if early == nil {
      turn.list[turn.indexOfGroup[Int(group)]!].attempts.append(attempt)
    } else {
      placer.submitPrepared(on: cluster)
      if turn.recorded.last?.token != own.token {
        turn.recorded.append(placer.emptySubmission(own.token, of: group))
        turn.recorded[turn.recorded.count - 1].isRecorded = true
      }
      turn.recorded[turn.recorded.count - 1].attempts.append(attempt)
    }
    try tasks.submit(
      own.instance,
      OpenAttempt(
        task: task, group: group, attempt: own.attempt, node: placement.node, waits: placement.waits,
        token: own.token, index: own.index))
    if placement.waits { placer.wait(own.instance, group) }
  }

  /// Records an attempt of a task that starts now or soon.
  private mutating func recordAttempt(of placement: Placer.Placement, in turn: inout SubmissionsOfTurn)
    -> PreparedAttempt
  {
    let batch = openBatch(of: placement.group, in: &turn)
    let attempt = PreparedAttempt(
      task: placement.task, instance: instanceIDs.next(), token: turn.list[batch].token,
      index: placer.nextBatchIndex(of: placement.group), attempt: tasks.attemptNumber(of: placement.task))
    turn.records[batch].append(
      AttemptRecord(
        instance: attempt.instance, task: placement.task, index: attempt.index, attempt: attempt.attempt,
        from: tasks.status(of: placement.task).kept))
    return attempt
  }

  /// Withdraws the attempts that were recorded but never submitted.
  mutating func withdrawPrepared() throws(EngineError) {
    for own in try tasks.withdrawPrepared() {
      actions.append(
        .record(
          .ended(
            EndRecord(
              instance: own.instance, task: own.task, attempt: own.attempt,
              outcome: Outcome(cause: .interrupted, message: "the run ended before the submission"),
              instanceStatus: .killed, from: .queued, taskStatus: .registering,
              at: now.wall))))
    }
  }

  /// Index of the batch for the group's next attempt, in this turn's list. If the core chooses the node, a batch stays
  /// open across turns. If the backend does, each token is a single submission.
  private mutating func openBatch(of group: Int32, in turn: inout SubmissionsOfTurn) -> Int {
    let cluster = placer.cluster(of: group)
    let staysOpen = placer.clusters[cluster].nodes != nil
    if let token = placer.openBatch(of: group) {
      if let known = turn.indexOfGroup[Int(group)] { return known }
      if staysOpen { return add(token, of: group, to: &turn) }
    }
    let token = "\(plan.tokenPrefix)-\(batches)"
    batches += 1
    placer.beginBatch(token, of: group)
    actions.append(
      .record(
        .batch(
          BatchRecord(
            token: token, cluster: placer.clusters[cluster].name, template: placer.template(of: group),
            request: placer.request(of: group), staysOpen: staysOpen))))
    return add(token, of: group, to: &turn)
  }

  private func add(_ token: String, of group: Int32, to turn: inout SubmissionsOfTurn) -> Int {
    turn.list.append(placer.emptySubmission(token, of: group))
    turn.records.append([])
    turn.indexOfGroup[Int(group)] = turn.list.count - 1
    return turn.list.count - 1
  }

  private mutating func submit(_ turn: SubmissionsOfTurn) {
    for (submission, records) in zip(turn.list, turn.records) where !records.isEmpty {
      actions.append(.record(.instantiated(batch: submission.token, records, at: now.wall)))
    }
    for submission in turn.recorded { actions.append(.submit(submission)) }
    for submission in turn.list where !submission.attempts.isEmpty { actions.append(.submit(submission)) }
  }

  // MARK: Tasks that wait at their node

  /// Gives the slot of an ended attempt to the first waiting task of its size.
  mutating func handOver(slotOf attempt: OpenAttempt) {
    while let next = placer.popWaiting(attempt.group) {
      // The attempt may have been withdrawn.
      guard let waiting = tasks.attempt(next), let node = waiting.node else { continue }
      tasks.setNode(node, of: next)
      placer.take(waiting.group, onNode: node)
      return
    }
  }

  /// Withdraws waiting attempts: more is submitted than allowed, or nothing new may start.
  mutating func withdrawWaiting() {
    for cluster in placer.clusters.indices { withdrawWaiting(on: cluster) }
  }

  mutating func withdrawWaiting(on cluster: Int) {
    guard placer.clusters[cluster].letsTasksWait else { return }
    let waiting = tasks.instances { $0.waits && placer.cluster(of: $0.group) == cluster }
    if !waiting.isEmpty { actions.append(.withdraw(cluster: cluster, waiting)) }
  }
}
