import JobmonAdmission
import JobmonCollections
import JobmonExecution
import JobmonModel

/// Chooses the next ready task and its node.
///
/// Ready tasks are queued in groups that can share a batch, and the groups are queued at their clusters. The placer
/// tracks free resources of nodes, and limits. It does not track the states of tasks (``TaskStateTable``), and records
/// nothing.
struct Placer: Sendable {
  /// How many groups that do not fit may be skipped in search of one that does.
  private static let lookAhead = 64
  /// How many tasks may overtake one that does not fit, in multiples of the cluster's cores. After that, the cluster
  /// drains until it fits.
  private static let mostPasses = 4

  private var groups: [ReadyGroup] = []
  private var indexOfGroup: [ReadyGroup.Key: Int32] = [:]
  private var arrivals: UInt64 = 0
  /// Groups that wait for their template's limit, by template.
  private var parked: [[Int32]]
  /// Groups found not to fit since the last ``endSearch(on:)``.
  private var setAside: [QueuedGroup] = []
  private(set) var clusters: [ClusterState]
  private(set) var limits: Limits
  private(set) var prefetch: PrefetchPolicy
  /// Number of attempts started.
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

  /// Why the group's tasks can never run.
  func whyImpossible(_ group: Int32) -> String? {
    if case .impossible(let why) = groups[Int(group)].verdict { why } else { nil }
  }

  /// The group for a key, created if necessary.
  ///
  /// - Parameter isValid: whether a new group's request is known to be valid. Otherwise its tasks can start only after
  ///   ``take(_:on:of:)``.
  mutating func group(for key: ReadyGroup.Key, isValid: Bool) -> (index: Int32, isNew: Bool) {
    if let known = indexOfGroup[key] { return (known, false) }
    let index = Int32(groups.count)
    groups.append(ReadyGroup(key, verdict: isValid ? .ok : .asked))
    indexOfGroup[key] = index
    return (index, true)
  }

  /// The result of a cluster's verdict for one group.
  struct Validated {
    /// A message for the user.
    var notice: String?
    /// Tasks that can never run; they were removed from the queue.
    var impossible: [TaskIndex] = []
    var why = ""
  }

  /// Accepts a cluster's verdict on a request.
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

  /// Adds a ready task to its group's queue.
  ///
  /// - Parameter isRetry: whether the task was tried before. If so, it goes before new tasks of equal priority.
  mutating func enqueue(_ task: TaskIndex, in group: Int32, rank: Int32, priority: Float, isRetry: Bool) {
    arrivals += 1
    let ready = ReadyTask(
      rank: rank, priority: priority, arrival: isRetry ? arrivals : arrivals | 1 << 63, task: task)
    groups[Int(group)].tasks.insert(ready)
    if groups[Int(group)].tasks.first == ready { enqueue(Int(group)) }
  }

  /// Adds a group to its cluster's queue, with the key of its first task.
  private mutating func enqueue(_ group: Int) {
    guard groups[group].verdict == .ok, !groups[group].isParked, let head = groups[group].tasks.first else {
      return
    }
    clusters[groups[group].key.cluster].ready.insert(QueuedGroup(head: head, group: Int32(group)))
  }

  /// Removes ready tasks from their queues.
  mutating func remove(where isWanted: (TaskIndex) -> Bool) {
    for group in groups.indices where !groups[group].tasks.isEmpty {
      let left = groups[group].tasks.unordered.filter { !isWanted($0.task) }
      guard left.count < groups[group].tasks.count else { continue }
      let head = groups[group].tasks.first
      groups[group].tasks = PriorityHeap(left)
      if groups[group].tasks.first != head { enqueue(group) }
    }
  }

  /// Sorts all ready tasks by new priorities.
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

  /// Whether limits of 0 prevent all ready tasks from starting.
  var isPaused: Bool {
    if limits.workflow == 0 { return true }
    let ready = groups.filter { !$0.tasks.isEmpty }
    return !ready.isEmpty && ready.allSatisfy { limits.templates[$0.key.template] == 0 }
  }

  // MARK: Search

  /// A task to start now.
  struct Placement {
    var task: TaskIndex
    var group: Int32
    /// Index of its node, if the core chooses it.
    var node: Int?
    /// Whether it waits at its node until another task of its size ends.
    var waits = false
  }

  /// Whether tasks can start on a cluster now.
  func canStart(on cluster: Int) -> Bool { clusters[cluster].isUsable && clusters[cluster].recovering == 0 }

  /// Removes the next task that fits and is allowed now from its queue, highest priority first, and counts it as
  /// submitted.
  ///
  /// - Parameter hasIDs: whether an id for its attempt is available.
  /// - Returns: nil if nothing more can start on the cluster; then call ``endSearch(on:)``.
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

  /// Skips a group that does not fit.
  ///
  /// - Returns: whether to end the search.
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

  /// Ends a search. Skipped groups are tried again in the next one.
  mutating func endSearch(on cluster: Int) {
    for entry in setAside { clusters[cluster].ready.insert(entry) }
    setAside.removeAll(keepingCapacity: true)
  }

  /// Chooses the next tasks of a full cluster whose attempts are recorded in advance, and counts them as prepared.
  ///
  /// - Parameter most: the number of available ids.
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

  /// Counts a prepared task as started.
  mutating func submitPrepared(on cluster: Int) { clusters[cluster].prepared -= 1 }

  /// Counts all prepared tasks as ready again.
  mutating func withdrawPrepared() {
    for cluster in clusters.indices { clusters[cluster].prepared = 0 }
  }

  // MARK: Batches

  /// The batch for the group's next attempt; nil if a new batch has to be started.
  func openBatch(of group: Int32) -> String? {
    groups[Int(group)].batchCount < clusters[cluster(of: group)].maxBatch ? groups[Int(group)].token : nil
  }

  mutating func beginBatch(_ token: String, of group: Int32) {
    groups[Int(group)].token = token
    groups[Int(group)].batchCount = 0
  }

  /// The index of the group's next attempt in its batch.
  mutating func nextBatchIndex(of group: Int32) -> Int {
    defer { groups[Int(group)].batchCount += 1 }
    return groups[Int(group)].batchCount
  }

  /// A submission for the group, without attempts.
  func emptySubmission(_ token: String, of group: Int32) -> Submission {
    Submission(
      cluster: cluster(of: group), token: token, template: template(of: group), request: request(of: group),
      maxAttempts: groups[Int(group)].key.maxAttempts, isRecorded: false, attempts: [])
  }

  // MARK: Resources of attempts

  /// Counts an earlier run's instance as submitted.
  mutating func adopt(_ group: Int32) { count(group) }

  /// Takes cores and memory of a node for a task of a group.
  mutating func take(_ group: Int32, onNode node: Int) {
    clusters[cluster(of: group)].take(groups[Int(group)].size, onNode: node)
  }

  /// Releases what an attempt held.
  mutating func release(_ attempt: OpenAttempt) {
    let group = Int(attempt.group)
    let cluster = groups[group].key.cluster
    limits.ended(groups[group].key.template)
    clusters[cluster].ended()
    if let node = attempt.node, !attempt.waits { clusters[cluster].give(groups[group].size, onNode: node) }
    unpark(groups[group].key.template)
  }

  /// Returns groups to the queue whose template may have room again.
  private mutating func unpark(_ template: Int) {
    guard !parked[template].isEmpty else { return }
    let released = parked[template]
    parked[template] = []
    for group in released {
      groups[Int(group)].isParked = false
      enqueue(Int(group))
    }
  }

  /// Attempts of a group's size that hold cores and memory; nil if they are not counted.
  func taken(_ group: Int32) -> Int? { clusters[cluster(of: group)].taken(groups[Int(group)].size) }

  /// Adds an attempt of a group to those that wait at their node.
  mutating func wait(_ instance: TaskInstanceID, _ group: Int32) {
    clusters[cluster(of: group)].wait(instance, groups[Int(group)].size)
  }

  /// Removes the first attempt of a group's size that waits at its node; it may have been withdrawn.
  mutating func popWaiting(_ group: Int32) -> TaskInstanceID? {
    clusters[cluster(of: group)].popWaiting(groups[Int(group)].size)
  }

  /// Whether a task of a group may be submitted to wait for a slot.
  private func mayPrefetch(_ group: Int) -> Bool {
    let (cluster, size) = (groups[group].key.cluster, groups[group].size)
    guard let taken = clusters[cluster].taken(size) else { return false }
    // A run above its share returns slots as they become free.
    if let node = clusters[cluster].nodes?.first {
      if node.openCores < 0 { return false }
      // Tasks of other templates may run for days. A task that is limited only by the run's share waits for a larger
      // share, not for the end of such a task.
      let amount = HostAmount(groups[group].request)
      if node.hasRoom(for: amount), !node.fits(amount), !limits.isActive(groups[group].key.template) {
        return false
      }
    }
    let most = prefetch.most(ofTemplate: groups[group].key.template)
    return clusters[cluster].waitingCount(size) < taken * most
  }

  /// Updates the typical runtime of a template's tasks.
  mutating func note(_ outcome: Outcome, template: Int) { prefetch.note(outcome, template: template) }

  // MARK: External changes

  mutating func setLimits(workflow: Int?, templates: [EngineEvent.Limit]) {
    limits.set(workflow: workflow, templates: templates)
    for template in parked.indices { unpark(template) }
  }

  mutating func setUsable(_ isUsable: Bool, _ cluster: Int) { clusters[cluster].isUsable = isUsable }
  mutating func setCapacity(_ more: Int, of cluster: Int) { clusters[cluster].setCapacity(more) }
  mutating func nodeUp(_ node: ClusterNode, on cluster: Int) { clusters[cluster].nodeUp(node) }
  mutating func nodeDown(_ name: String, on cluster: Int) { clusters[cluster].nodeDown(name) }
  mutating func setShare(_ share: HostAmount, of cluster: Int) { clusters[cluster].setShare(share) }

  /// Counts an instance whose state has to be recovered; nothing starts on the cluster until it is known.
  mutating func beginRecovery(on cluster: Int) { clusters[cluster].recovering += 1 }
  /// Counts an instance whose state is now known.
  mutating func endRecovery(on cluster: Int) { clusters[cluster].recovering -= 1 }

  // MARK: Share of the machine

  /// The request of a cluster's first ready task, if only a lack of room prevents its start.
  private func firstRequest(on cluster: Int) -> ResourceRequest? {
    guard canStart(on: cluster), limits.left > 0, let entry = clusters[cluster].ready.first else {
      return nil
    }
    return isStale(entry) ? nil : groups[Int(entry.group)].request
  }

  /// Whether a ready task waits only for a larger share of the machine.
  func waitsForShare(on cluster: Int) -> Bool {
    guard let node = clusters[cluster].nodes?.first, let request = firstRequest(on: cluster) else {
      return false
    }
    return node.isUp && node.hasRoom(for: HostAmount(request)) && !node.fits(HostAmount(request))
  }

  /// The run's demand on a single-node cluster.
  ///
  /// - Parameter isOpen: whether the run may start more tasks.
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
