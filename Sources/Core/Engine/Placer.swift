import JobmonAdmission
import JobmonCollections
import JobmonExecution
import JobmonModel

/// Chooses which ready task starts next, and where.
///
/// Ready tasks queue in groups that can share a batch, and the groups queue at their clusters. The placer knows what is
/// free on the nodes and what the limits allow; it does not know the states of tasks (``TaskStateTable``), and records nothing.
struct Placer: Sendable {
  /// How many groups that fit nowhere now are looked past in search of one that does.
  private static let lookAhead = 64
  /// How many tasks, in multiples of the cluster's cores, may overtake one that fits nowhere, before the cluster is
  /// left to drain for it.
  private static let mostPasses = 4

  private var groups: [ReadyGroup] = []
  private var indexOfGroup: [ReadyGroup.Key: Int32] = [:]
  private var arrivals: UInt64 = 0
  /// Groups that wait for their template's limit, by template.
  private var parked: [[Int32]]
  /// Groups that were found to fit nowhere since the last ``endSearch(on:)``.
  private var setAside: [QueuedGroup] = []
  private(set) var clusters: [ClusterState]
  private(set) var limits: Limits
  private(set) var prefetch: PrefetchPolicy
  /// Attempts started so far.
  private(set) var startCount = 0

  init(_ plan: EnginePlan) {
    parked = Array(repeating: [], count: plan.templates.count)
    clusters = plan.clusters.map(ClusterState.init)
    limits = Limits(workflow: plan.workflowLimit, templates: plan.templates.map(\.limit))
    prefetch = PrefetchPolicy(plan)
  }

  // MARK: Groups

  func cluster(of group: Int32) -> Int { groups[Int(group)].key.cluster }
  func template(of group: Int32) -> Int { groups[Int(group)].key.template }
  func request(of group: Int32) -> ResourceRequest { groups[Int(group)].request }
  func queues(of cluster: Int) -> [ClusterQueue] { clusters[cluster].queues }
  func nodeName(_ node: Int, on cluster: Int) -> String { clusters[cluster].nodes![node].node.name }

  /// Why the group's tasks cannot be run at all.
  func whyImpossible(_ group: Int32) -> String? {
    if case .impossible(let why) = groups[Int(group)].verdict { why } else { nil }
  }

  /// The group for a key, made if there is none.
  ///
  /// - Parameter isValid: whether a new group's request is known to be possible. Else its tasks start after
  ///   ``take(_:on:of:)``.
  mutating func group(for key: ReadyGroup.Key, isValid: Bool) -> (index: Int32, isNew: Bool) {
    if let known = indexOfGroup[key] { return (known, false) }
    let index = Int32(groups.count)
    groups.append(ReadyGroup(key, verdict: isValid ? .ok : .asked))
    indexOfGroup[key] = index
    return (index, true)
  }

  /// What a cluster's verdict on a request means for one group.
  struct Validated {
    /// What people should know.
    var notice: String?
    /// Tasks that cannot be run at all; they are taken out of the queue.
    var impossible: [TaskIndex] = []
    var why = ""
  }

  /// Takes a cluster's verdict on a request.
  mutating func take(_ verdict: ResourceVerdict, on request: ResourceRequest, of cluster: Int) -> [Validated]
  {
    groups.indices.filter {
      groups[$0].verdict == .asked && groups[$0].key.cluster == cluster && groups[$0].key.request == request
    }.map { validate($0, verdict) }
  }

  private mutating func validate(_ group: Int, _ verdict: ResourceVerdict) -> Validated {
    let cluster = groups[group].key.cluster
    var result = Validated()
    switch verdict {
    case .ok: groups[group].verdict = .ok
    case .coerced(let other, let why):
      groups[group].verdict = .ok
      groups[group].request = other
      result.notice = "\(clusters[cluster].name): \(why)"
    case .impossible(let why): groups[group].verdict = .impossible(why: why)
    }
    if groups[group].verdict == .ok, !clusters[cluster].couldEverFit(groups[group].request) {
      groups[group].verdict = .impossible(
        why: "no node of cluster \(clusters[cluster].name) is large enough")
    }
    if case .impossible(let why) = groups[group].verdict {
      result.why = why
      while !groups[group].tasks.isEmpty { result.impossible.append(groups[group].tasks.removeFirst().task) }
    } else {
      enqueue(group)
    }
    return result
  }

  // MARK: Queues

  /// Puts a ready task into its group's queue.
  ///
  /// - Parameter isRetry: whether it was tried before: it has waited already, and goes before its equals that are new.
  mutating func enqueue(_ task: TaskIndex, in group: Int32, rank: Int32, priority: Float, isRetry: Bool) {
    arrivals += 1
    let ready = ReadyTask(
      rank: rank, priority: priority, arrival: isRetry ? arrivals : arrivals | 1 << 63, task: task)
    groups[Int(group)].tasks.insert(ready)
    if groups[Int(group)].tasks.first == ready { enqueue(Int(group)) }
  }

  /// Enters a group into its cluster's queue under its first task.
  private mutating func enqueue(_ group: Int) {
    guard groups[group].verdict == .ok, !groups[group].isParked, let head = groups[group].tasks.first else {
      return
    }
    clusters[groups[group].key.cluster].ready.insert(QueuedGroup(head: head, group: Int32(group)))
  }

  /// Takes ready tasks out of their queues.
  mutating func remove(where isWanted: (TaskIndex) -> Bool) {
    for group in groups.indices where !groups[group].tasks.isEmpty {
      let left = groups[group].tasks.unordered.filter { !isWanted($0.task) }
      guard left.count < groups[group].tasks.count else { continue }
      let head = groups[group].tasks.first
      groups[group].tasks = PriorityHeap(left)
      if groups[group].tasks.first != head { enqueue(group) }
    }
  }

  /// Puts all ready tasks into the order of new priorities.
  mutating func reorder(by urgency: Urgency) {
    for group in groups.indices where !groups[group].tasks.isEmpty {
      groups[group].tasks = PriorityHeap(
        groups[group].tasks.unordered.map { ready in
          var ready = ready
          ready.priority = urgency.level(of: ready.task)
          return ready
        })
    }
    for cluster in clusters.indices { clusters[cluster].ready.removeAll() }
    for group in groups.indices { enqueue(group) }
  }

  /// Whether the limits of 0 keep everything that is ready from starting.
  var isPaused: Bool {
    if limits.workflow == 0 { return true }
    let ready = groups.filter { !$0.tasks.isEmpty }
    return !ready.isEmpty && ready.allSatisfy { limits.templates[$0.key.template] == 0 }
  }

  // MARK: Search

  /// A task that starts now.
  struct Placement {
    var task: TaskIndex
    var group: Int32
    /// Index of its node, where the core chooses it.
    var node: Int?
    /// Whether it waits at its node until another task of its size ends.
    var waits = false
  }

  /// Whether a cluster takes tasks now.
  func canStart(on cluster: Int) -> Bool { clusters[cluster].isUsable && clusters[cluster].recovering == 0 }

  /// Takes the next task that fits and is allowed now out of its queue, highest priority first, and counts it as
  /// submitted.
  ///
  /// - Parameter hasIDs: whether there is an id for its attempt.
  /// - Returns: nil where nothing more can start on the cluster; ``endSearch(on:)`` has to follow.
  mutating func next(on cluster: Int, hasIDs: Bool) -> Placement? {
    while let entry = clusters[cluster].ready.first {
      if limits.left <= 0 || clusters[cluster].isFull { return nil }
      let group = Int(entry.group)
      if isStale(entry) {
        _ = clusters[cluster].ready.removeFirst()
        continue
      }
      if limits.isReached(groups[group].key.template) {
        _ = clusters[cluster].ready.removeFirst()
        groups[group].isParked = true
        parked[groups[group].key.template].append(entry.group)
        continue
      }
      if !hasIDs { return nil }
      var placement = Placement(task: entry.head.task, group: entry.group)
      if clusters[cluster].nodes != nil {
        placement.node = clusters[cluster].findNode(for: groups[group].size)
        if placement.node == nil, setAside.isEmpty, mayPrefetch(group) {
          (placement.node, placement.waits) = (0, true)
        }
        if placement.node == nil {
          if setAsideEndsSearch(entry, on: cluster) { return nil }
          continue
        }
      }
      start(entry, placement, on: cluster)
      return placement
    }
    return nil
  }

  private func isStale(_ entry: QueuedGroup) -> Bool {
    groups[Int(entry.group)].tasks.first != entry.head || groups[Int(entry.group)].isParked
  }

  /// Looks past a group that fits nowhere.
  ///
  /// - Returns: whether to look no further.
  private mutating func setAsideEndsSearch(_ entry: QueuedGroup, on cluster: Int) -> Bool {
    _ = clusters[cluster].ready.removeFirst()
    setAside.append(entry)
    if setAside.count == 1, clusters[cluster].held?.group != entry.group {
      clusters[cluster].held = (entry.group, 0)
    }
    let isDraining = (clusters[cluster].held?.passes ?? 0) > Self.mostPasses * clusters[cluster].totalCores
    return isDraining || setAside.count >= Self.lookAhead || clusters[cluster].isExhausted
  }

  private mutating func start(_ entry: QueuedGroup, _ placement: Placement, on cluster: Int) {
    let group = Int(entry.group)
    if !setAside.isEmpty {
      clusters[cluster].held?.passes += 1
    } else if clusters[cluster].held?.group == entry.group {
      clusters[cluster].held = nil
    }
    _ = clusters[cluster].ready.removeFirst()
    _ = groups[group].tasks.removeFirst()
    enqueue(group)
    startCount += 1
    count(entry.group)
    if let node = placement.node, !placement.waits {
      clusters[cluster].take(groups[group].size, onNode: node)
    }
  }

  private mutating func count(_ group: Int32) {
    limits.submitted(template(of: group))
    clusters[cluster(of: group)].submitted()
  }

  /// Groups that fitted nowhere are looked at again in the next search.
  mutating func endSearch(on cluster: Int) {
    for entry in setAside { clusters[cluster].ready.insert(entry) }
    setAside.removeAll(keepingCapacity: true)
  }

  /// The tasks that are next in line on a full cluster and whose attempts are worth recording ahead; they are counted as
  /// prepared.
  ///
  /// - Parameter most: how many attempts there are ids for.
  mutating func tasksToPrepare(on cluster: Int, most ids: Int, in tasks: borrowing TaskStateTable)
    -> [Placement]
  {
    let outstanding = clusters[cluster].outstanding
    guard clusters[cluster].nodes != nil, outstanding > 0, !clusters[cluster].isPrefetching else { return [] }
    let most = min(2 * outstanding, 2 * clusters[cluster].totalCores, 128)
    guard clusters[cluster].prepared <= most / 2 else { return [] }
    var chosen: [Placement] = []
    var passed: [QueuedGroup] = []
    while clusters[cluster].prepared < most, passed.count < most, chosen.count < ids,
      let entry = clusters[cluster].ready.first
    {
      _ = clusters[cluster].ready.removeFirst()
      if isStale(entry) { continue }
      passed.append(entry)
      _ = groups[Int(entry.group)].tasks.removeFirst()
      if case .ready = tasks[entry.head.task] {
        chosen.append(Placement(task: entry.head.task, group: entry.group))
        clusters[cluster].prepared += 1
      }
      enqueue(Int(entry.group))
    }
    for entry in passed {
      groups[Int(entry.group)].tasks.insert(entry.head)
      clusters[cluster].ready.insert(entry)
    }
    return chosen
  }

  /// A task that was prepared starts.
  mutating func submitPrepared(on cluster: Int) { clusters[cluster].prepared -= 1 }

  /// All tasks that were prepared are ready again.
  mutating func withdrawPrepared() {
    for cluster in clusters.indices { clusters[cluster].prepared = 0 }
  }

  // MARK: Batches

  /// The batch that takes the group's next attempt; nil where a new one has to be begun.
  func openBatch(of group: Int32) -> String? {
    groups[Int(group)].batchCount < clusters[cluster(of: group)].maxBatch ? groups[Int(group)].token : nil
  }

  mutating func beginBatch(_ token: String, of group: Int32) {
    groups[Int(group)].token = token
    groups[Int(group)].batchCount = 0
  }

  /// The index that the group's next attempt has in its batch.
  mutating func nextBatchIndex(of group: Int32) -> Int {
    defer { groups[Int(group)].batchCount += 1 }
    return groups[Int(group)].batchCount
  }

  /// A submission of the group's attempts, without any.
  func emptySubmission(_ token: String, of group: Int32) -> Submission {
    Submission(
      cluster: cluster(of: group), token: token, template: template(of: group), request: request(of: group),
      maxAttempts: groups[Int(group)].key.maxAttempts, isRecorded: false, attempts: [])
  }

  // MARK: What attempts hold

  /// An earlier run's instance counts as submitted from now on.
  mutating func adopt(_ group: Int32) { count(group) }

  /// Takes cores and memory of a node for a task of a group.
  mutating func take(_ group: Int32, onNode node: Int) {
    clusters[cluster(of: group)].take(groups[Int(group)].size, onNode: node)
  }

  /// Gives back what an attempt held.
  mutating func release(_ attempt: OpenAttempt) {
    let group = Int(attempt.group)
    let cluster = groups[group].key.cluster
    limits.ended(groups[group].key.template)
    clusters[cluster].ended()
    if let node = attempt.node, !attempt.waits { clusters[cluster].give(groups[group].size, onNode: node) }
    unpark(groups[group].key.template)
  }

  /// Lets groups back into the queue whose template may have room again.
  private mutating func unpark(_ template: Int) {
    guard !parked[template].isEmpty else { return }
    let released = parked[template]
    parked[template] = []
    for group in released {
      groups[Int(group)].isParked = false
      enqueue(Int(group))
    }
  }

  /// Attempts of a group's size that hold cores and memory; nil where that is not counted.
  func taken(_ group: Int32) -> Int? { clusters[cluster(of: group)].taken(groups[Int(group)].size) }

  /// An attempt of a group waits at its node.
  mutating func wait(_ instance: TaskInstanceID, _ group: Int32) {
    clusters[cluster(of: group)].wait(instance, groups[Int(group)].size)
  }

  /// The first attempt of a group's size that waits at its node; it may have been withdrawn.
  mutating func popWaiting(_ group: Int32) -> TaskInstanceID? {
    clusters[cluster(of: group)].popWaiting(groups[Int(group)].size)
  }

  /// Whether a task of a group may be submitted to wait for a slot.
  private func mayPrefetch(_ group: Int) -> Bool {
    let (cluster, size) = (groups[group].key.cluster, groups[group].size)
    guard let taken = clusters[cluster].taken(size) else { return false }
    // Beyond its share the run gives slots back as they get free.
    if let node = clusters[cluster].nodes?.first {
      if node.openCores < 0 { return false }
      // Tasks of other templates may run for days: what only the run's share of the machine keeps from starting waits for a
      // larger share, not for the end of one of them.
      let amount = HostAmount(groups[group].request)
      if node.hasRoom(for: amount), !node.fits(amount), !limits.isActive(groups[group].key.template) {
        return false
      }
    }
    let most = prefetch.most(ofTemplate: groups[group].key.template)
    return clusters[cluster].waitingCount(size) < taken * most
  }

  /// Learns how long tasks of a template take.
  mutating func note(_ outcome: Outcome, template: Int) { prefetch.note(outcome, template: template) }

  // MARK: What changes from outside

  mutating func setLimits(workflow: Int?, templates: [EngineEvent.Limit]) {
    limits.set(workflow: workflow, templates: templates)
    for template in parked.indices { unpark(template) }
  }

  mutating func setUsable(_ isUsable: Bool, _ cluster: Int) { clusters[cluster].isUsable = isUsable }
  mutating func setCapacity(_ more: Int, of cluster: Int) { clusters[cluster].setCapacity(more) }
  mutating func nodeUp(_ node: ClusterNode, on cluster: Int) { clusters[cluster].nodeUp(node) }
  mutating func nodeDown(_ name: String, on cluster: Int) { clusters[cluster].nodeDown(name) }
  mutating func setShare(_ share: HostAmount, of cluster: Int) { clusters[cluster].setShare(share) }

  /// Nothing starts on the cluster until the fate of one more instance is known.
  mutating func beginRecovery(on cluster: Int) { clusters[cluster].recovering += 1 }
  /// The fate of an instance is known.
  mutating func endRecovery(on cluster: Int) { clusters[cluster].recovering -= 1 }

  // MARK: Share of the machine

  /// The request of a cluster's first ready task, where nothing but room keeps it from starting.
  private func firstRequest(on cluster: Int) -> ResourceRequest? {
    guard canStart(on: cluster), limits.left > 0, let entry = clusters[cluster].ready.first else {
      return nil
    }
    return isStale(entry) ? nil : groups[Int(entry.group)].request
  }

  /// Whether a ready task waits for more than the run's share of the machine, and for nothing else.
  func waitsForShare(on cluster: Int) -> Bool {
    guard let node = clusters[cluster].nodes?.first, let request = firstRequest(on: cluster) else {
      return false
    }
    return node.isUp && node.hasRoom(for: HostAmount(request)) && !node.fits(HostAmount(request))
  }

  /// What the run takes of a cluster of one node.
  ///
  /// - Parameter isOpen: whether it would take more.
  func hostDemand(on cluster: Int, isOpen: Bool) -> HostDemand {
    let node = clusters[cluster].nodes![0]
    var demand = HostDemand(uses: node.used, wants: node.used, next: nil, starts: startCount)
    guard isOpen, let first = firstRequest(on: cluster) else { return demand }
    demand.next = HostAmount(first)
    var left = limits.left
    for group in groups where group.key.cluster == cluster && group.verdict == .ok && !group.isParked {
      if demand.wants.cores >= node.node.cores || left <= 0 { break }
      let count = min(group.tasks.count, left, node.node.cores)
      left -= count
      demand.wants = demand.wants + count * HostAmount(group.request)
    }
    return demand
  }
}
