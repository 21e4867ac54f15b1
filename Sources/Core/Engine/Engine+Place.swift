import JobmonModel
import JobmonStore

/// From a group's queue to the executor.
extension Engine {
  /// How many groups that fit nowhere now are looked past in search of one that does.
  private static var lookAhead: Int { 64 }
  /// How many tasks, in multiples of the cluster's cores, may overtake one that fits nowhere, before the cluster is
  /// left to drain for it.
  private static var mostPasses: Int { 4 }

  /// Submits what fits and is allowed now, highest priority first.
  mutating func place() throws(EngineError) {
    guard hasBegun, !isStopping, !isLogDiskFull, queuedCount > 0 else { return }
    for cluster in clusters.indices { try place(on: cluster) }
  }

  private mutating func place(on cluster: Int) throws(EngineError) {
    guard clusters[cluster].isUsable, clusters[cluster].recovering == 0 else { return }
    var submissions = SubmissionsOfTurn()
    var setAside: [QueuedGroup] = []
    while let entry = clusters[cluster].ready.first {
      if let workflowLimit, active >= workflowLimit { break }
      if clusters[cluster].outstanding >= clusters[cluster].maxOutstanding { break }
      let place = Int(entry.group)
      let isStale = groups[place].tasks.first != entry.head || groups[place].isParked
      if isStale {
        _ = clusters[cluster].ready.removeFirst()
        continue
      }
      let template = groups[place].key.template
      if let limit = templateLimits[template], activeOfTemplate[template] >= limit {
        _ = clusters[cluster].ready.removeFirst()
        groups[place].isParked = true
        parked[template].append(entry.group)
        continue
      }
      if instanceIDs.isEmpty { break }
      var node: Int?
      var waits = false
      if clusters[cluster].nodes != nil {
        node = clusters[cluster].findNode(for: groups[place].size)
        if node == nil, setAside.isEmpty, mayPrefetch(place, on: cluster) {
          (node, waits) = (0, true)
        }
        if node == nil {
          _ = clusters[cluster].ready.removeFirst()
          setAside.append(entry)
          if setAside.count == 1, clusters[cluster].held?.group != entry.group {
            clusters[cluster].held = (entry.group, 0)
          }
          let isExhausted = clusters[cluster].nodes!.allSatisfy { $0.openCores <= 0 }
          let isDraining =
            (clusters[cluster].held?.passes ?? 0) > Self.mostPasses * clusters[cluster].totalCores
          if isExhausted || isDraining || setAside.count >= Self.lookAhead { break }
          continue
        }
      }
      if setAside.isEmpty {
        if clusters[cluster].held?.group == entry.group { clusters[cluster].held = nil }
      } else {
        clusters[cluster].held?.passes += 1
      }
      _ = clusters[cluster].ready.removeFirst()
      try start(
        groups[place].tasks.removeFirst().task, of: entry.group, node: node, waits: waits, in: &submissions)
      enqueue(entry.group)
    }
    for entry in setAside { clusters[cluster].ready.insert(entry) }
    prepareNext(on: cluster, in: &submissions)
    submit(submissions)
    reserveIDsIfNeeded()
  }

  /// What one turn records and submits on one cluster, batch by batch, in order.
  private struct SubmissionsOfTurn {
    var list: [Submission] = []
    var records: [[AttemptRecord]] = []
    /// Place in `list`, by group.
    var placeOfGroup: [Int: Int] = [:]
    /// Attempts that an earlier turn has recorded.
    var recorded: [Submission] = []
  }

  /// An attempt that is recorded and not submitted yet.
  struct PreparedAttempt: Sendable {
    var instance: TaskInstanceID
    var token: String
    /// Place in the batch.
    var index: Int
    var attempt: Int
  }

  private mutating func start(
    _ task: TaskIndex, of group: Int32, node: Int?, waits: Bool, in turn: inout SubmissionsOfTurn
  )
    throws(EngineError)
  {
    let place = Int(group)
    let (cluster, template, size) = (
      groups[place].key.cluster, groups[place].key.template, groups[place].size
    )
    let early = prepared.isEmpty ? nil : prepared.removeValue(forKey: task)
    if early != nil { clusters[cluster].prepared -= 1 }
    let own = early ?? prepare(task, of: place, in: &turn)
    attempts[Int(task)] += 1
    try move(task, to: .instantiated)
    queuedCount -= 1
    startCount += 1
    active += 1
    activeOfTemplate[template] += 1
    clusters[cluster].outstanding += 1
    var nodeName: String?
    if let node {
      if !waits { takePlace(on: cluster, node, size) }
      nodeName = clusters[cluster].nodes![node].node.name
    }
    let attempt = Submission.Attempt(
      task: task, instance: own.instance, index: own.index, attempt: own.attempt, node: nodeName,
      waits: waits, places: clusters[cluster].places?[size]?.taken ?? 1)
    if early == nil {
      turn.list[turn.placeOfGroup[place]!].attempts.append(attempt)
    } else if let last = turn.recorded.indices.last, turn.recorded[last].token == own.token {
      turn.recorded[last].attempts.append(attempt)
    } else {
      var submission = emptySubmission(own.token, of: place)
      submission.attempts.append(attempt)
      submission.isRecorded = true
      turn.recorded.append(submission)
    }
    open[own.instance] = OpenAttempt(
      task: task, group: group, attempt: own.attempt, phase: .instantiated, node: node, waits: waits,
      token: own.token, index: own.index)
    if waits { clusters[cluster].places?[size]?.waiting.append(own.instance) }
  }

  /// Records an attempt of a task that is about to start, or will be soon.
  private mutating func prepare(_ task: TaskIndex, of place: Int, in turn: inout SubmissionsOfTurn)
    -> PreparedAttempt
  {
    let batch = openBatch(of: place, in: &turn, corePlaced: clusters[groups[place].key.cluster].nodes != nil)
    let instance = instanceIDs.lowerBound
    instanceIDs = instance + 1..<instanceIDs.upperBound
    let index = groups[place].batchCount
    groups[place].batchCount += 1
    let attempt = attemptNumber(task)
    turn.records[batch].append(
      AttemptRecord(
        instance: instance, task: task, index: index, attempt: attempt, from: status[Int(task)].kept))
    return PreparedAttempt(
      instance: instance, token: turn.list[batch].token, index: index, attempt: attempt)
  }

  /// Records the attempts of the tasks that are next in line on a cluster that is full: when a place is free they can
  /// be submitted at once, and the record of what freed it is committed while they start.
  private mutating func prepareNext(on cluster: Int, in turn: inout SubmissionsOfTurn) {
    guard clusters[cluster].nodes != nil, clusters[cluster].outstanding > 0, !isPrefetching(on: cluster)
    else {
      return
    }
    let most = min(2 * max(1, clusters[cluster].outstanding), 2 * clusters[cluster].totalCores, 128)
    guard clusters[cluster].prepared <= most / 2 else { return }
    var passed: [QueuedGroup] = []
    while clusters[cluster].prepared < most, passed.count < most, !instanceIDs.isEmpty,
      let entry = clusters[cluster].ready.first
    {
      _ = clusters[cluster].ready.removeFirst()
      let place = Int(entry.group)
      guard groups[place].tasks.first == entry.head, !groups[place].isParked else { continue }
      passed.append(entry)
      let ready = groups[place].tasks.removeFirst()
      if prepared[ready.task] == nil {
        prepared[ready.task] = prepare(ready.task, of: place, in: &turn)
        clusters[cluster].prepared += 1
      }
      enqueue(entry.group)
    }
    for entry in passed {
      groups[Int(entry.group)].tasks.insert(entry.head)
      clusters[cluster].ready.insert(entry)
    }
  }

  /// Takes back the attempts that were recorded and never submitted.
  mutating func withdrawPrepared() {
    for task in prepared.keys.sorted() {
      let own = prepared[task]!
      actions.append(
        .record(
          .ended(
            EndRecord(
              instance: own.instance, task: task, attempt: own.attempt,
              outcome: Outcome(cause: .interrupted, message: "the run ended before it was submitted"),
              instanceStatus: .killed, from: .queued, taskStatus: .registering,
              at: now.wall))))
    }
    prepared = [:]
  }

  /// Place, in this turn's list, of the batch that takes the group's next attempt. Where the core places, a batch
  /// stays open from turn to turn; where the backend does, one token is one submission.
  private mutating func openBatch(of place: Int, in turn: inout SubmissionsOfTurn, corePlaced: Bool) -> Int {
    let cluster = groups[place].key.cluster
    let token = groups[place].token
    if let token, groups[place].batchCount < clusters[cluster].maxBatch {
      if let known = turn.placeOfGroup[place] { return known }
      if corePlaced { return add(token, of: place, to: &turn) }
    }
    let fresh = "\(plan.tokenPrefix)-\(batches)"
    batches += 1
    groups[place].token = fresh
    groups[place].batchCount = 0
    let key = groups[place].key
    actions.append(
      .record(
        .batch(
          BatchRecord(
            token: fresh, cluster: clusters[cluster].name, template: key.template,
            request: groups[place].request, staysOpen: corePlaced))))
    return add(fresh, of: place, to: &turn)
  }

  private func add(_ token: String, of place: Int, to turn: inout SubmissionsOfTurn) -> Int {
    turn.list.append(emptySubmission(token, of: place))
    turn.records.append([])
    turn.placeOfGroup[place] = turn.list.count - 1
    return turn.list.count - 1
  }

  private func emptySubmission(_ token: String, of place: Int) -> Submission {
    let key = groups[place].key
    return Submission(
      cluster: key.cluster, token: token, template: key.template, request: groups[place].request,
      maxAttempts: key.maxAttempts, isRecorded: false, attempts: [])
  }

  private mutating func submit(_ turn: SubmissionsOfTurn) {
    for (submission, records) in zip(turn.list, turn.records) where !records.isEmpty {
      actions.append(.record(.instantiated(batch: submission.token, records, at: now.wall)))
    }
    for submission in turn.recorded { actions.append(.submit(submission)) }
    for submission in turn.list where !submission.attempts.isEmpty { actions.append(.submit(submission)) }
  }

  /// Asks for ids while some are left, so that no start waits for them.
  mutating func reserveIDsIfNeeded() {
    let left = plan.graph.taskCount - doneCount
    let block = min(max(left, 16), 8192)
    if !idsAreOrdered, instanceIDs.count < min(queuedCount, block / 4 + 1) {
      idsAreOrdered = true
      actions.append(.reserveInstanceIDs(block))
    }
  }

  /// Lets groups back into the queue whose template may have room again.
  mutating func unpark(_ template: Int) {
    guard !parked[template].isEmpty else { return }
    let groups = parked[template]
    parked[template] = []
    for group in groups {
      self.groups[Int(group)].isParked = false
      enqueue(group)
    }
  }
}
