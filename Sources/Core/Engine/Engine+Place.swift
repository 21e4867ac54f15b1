/// From a group's queue to the executor.
extension Engine {
  /// How many groups that fit nowhere now are looked past in search of one that does.
  private static var lookAhead: Int { 64 }
  /// How many tasks, in multiples of the cluster's cores, may overtake one that fits nowhere, before the cluster is
  /// left to drain for it.
  private static var mostPasses: Int { 4 }

  /// Submits what fits and is allowed now, highest priority first.
  mutating func place() throws(EngineError) {
    guard hasBegun, !isStopping, queuedCount > 0 else { return }
    for cluster in clusters.indices { try place(on: cluster) }
  }

  private mutating func place(on cluster: Int) throws(EngineError) {
    guard clusters[cluster].isUsable, clusters[cluster].recovering == 0 else { return }
    var submissions = SubmissionsOfTurn()
    var setAside: [QueuedGroup] = []
    let totalCores = clusters[cluster].nodes?.reduce(0) { $0 + $1.node.cores } ?? 0
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
      if clusters[cluster].nodes != nil {
        node = clusters[cluster].findNode(for: groups[place].request)
        if node == nil {
          _ = clusters[cluster].ready.removeFirst()
          setAside.append(entry)
          if setAside.count == 1, clusters[cluster].held?.group != entry.group {
            clusters[cluster].held = (entry.group, 0)
          }
          let isExhausted = clusters[cluster].nodes!.allSatisfy { $0.freeCores <= 0 || !$0.isUp }
          let isDraining = (clusters[cluster].held?.passes ?? 0) > Self.mostPasses * totalCores
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
      try start(groups[place].tasks.removeFirst().task, of: entry.group, node: node, in: &submissions)
      enqueue(entry.group)
    }
    for entry in setAside { clusters[cluster].ready.insert(entry) }
    submit(submissions, to: cluster)
    reserveIDsIfNeeded()
  }

  /// The attempts that one turn starts on one cluster, batch by batch, in order.
  private struct SubmissionsOfTurn {
    var list: [Submission] = []
    var records: [[AttemptRecord]] = []
    /// Place in `list`, by group.
    var placeOfGroup: [Int: Int] = [:]
  }

  private mutating func start(_ task: TaskIndex, of group: Int32, node: Int?, in turn: inout SubmissionsOfTurn)
    throws(EngineError)
  {
    let place = Int(group)
    let cluster = groups[place].key.cluster
    let template = groups[place].key.template
    let request = groups[place].request
    let corePlaced = clusters[cluster].nodes != nil
    let batch = openBatch(of: place, in: &turn, corePlaced: corePlaced)

    let instance = instanceIDs.lowerBound
    instanceIDs = instance + 1..<instanceIDs.upperBound
    attempts[Int(task)] += 1
    let attempt = attemptNumber(task)
    let index = groups[place].batchCount
    groups[place].batchCount += 1
    turn.records[batch].append(
      AttemptRecord(
        instance: instance, task: task, index: index, attempt: attempt, from: status[Int(task)].kept))
    try move(task, to: .instantiated)
    queuedCount -= 1
    active += 1
    activeOfTemplate[template] += 1
    clusters[cluster].outstanding += 1
    var nodeName: String?
    if let node {
      clusters[cluster].nodes![node].take(request)
      nodeName = clusters[cluster].nodes![node].node.name
    }
    turn.list[batch].attempts.append(
      Submission.Attempt(task: task, instance: instance, index: index, attempt: attempt, node: nodeName))
    open[instance] = OpenAttempt(task: task, group: group, attempt: attempt, phase: .instantiated, node: node)
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
            token: fresh, cluster: clusters[cluster].name, template: key.template, request: groups[place].request))))
    return add(fresh, of: place, to: &turn)
  }

  private func add(_ token: String, of place: Int, to turn: inout SubmissionsOfTurn) -> Int {
    let key = groups[place].key
    turn.list.append(
      Submission(
        cluster: key.cluster, token: token, template: key.template, request: groups[place].request,
        maxAttempts: key.maxAttempts, attempts: []))
    turn.records.append([])
    turn.placeOfGroup[place] = turn.list.count - 1
    return turn.list.count - 1
  }

  private mutating func submit(_ turn: SubmissionsOfTurn, to cluster: Int) {
    for (submission, records) in zip(turn.list, turn.records) {
      actions.append(.record(.instantiated(batch: submission.token, records, at: now.wall)))
    }
    for submission in turn.list { actions.append(.submit(submission)) }
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
