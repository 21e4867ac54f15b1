import JobmonCollections
import JobmonGraph
import JobmonModel
import JobmonStore

/// The tasks of a run: each task's ``TaskState``, its associated values, and the counts of the states.
///
/// Everything is private, so no state can change without its counts. A task takes 12 bytes. Values that only a few
/// tasks have at a time are stored separately.
struct TaskStateTable: Sendable {
  /// A task. There may be a million of them: ``init(_:)`` and a test check the size.
  struct Row: Sendable {
    var state: TaskState
    /// Whether a callback has computed its request in this run.
    var isResolved = false
    /// Attempts submitted or adopted in this run; the maximum value means "or more".
    var attempts: UInt16 = 0
    /// Index of its ``ReadyGroup``.
    var group: Int32 = 0
  }

  private var rows: [Row]
  /// Number of unfinished upstream nodes of each join; the first entry belongs to node ``TaskGraph/taskCount``.
  private var joins: [Int32]
  /// Index of its template, by task.
  private let templates: [Int32]

  /// Failures of the tasks that have any.
  private var setbacks: [TaskIndex: RetryPolicy.Setbacks] = [:]
  /// Questions to ask before these tasks are queued.
  private var pendingOrders: [TaskIndex: ResourceOrder] = [:]
  /// The questions and deadlines of tasks that are resolving.
  private var orders: [TaskIndex: (order: ResourceOrder, deadline: Int64)] = [:]
  /// Tasks in the state `delayed`, by due time.
  private var delayed = PriorityHeap<DelayedTask>()
  private var delays: UInt64 = 0
  /// The recorded attempts of prepared tasks, by slot; a free slot keeps its last value.
  private var prepared: [PreparedAttempt] = []
  private var freeSlots: [Int32] = []
  /// Attempts of this run without an outcome.
  private var open = InstanceTable<OpenAttempt>()
  /// Instances of earlier runs whose state is not known.
  private var recovering: [TaskInstanceID: OpenInstance] = [:]

  /// Number of tasks in each status, by template.
  private(set) var counts: [RunProgress.Counts]
  /// Tasks that are done.
  private(set) var doneCount = 0
  /// Tasks that failed permanently.
  private(set) var fatalCount = 0
  /// Tasks in a queue, delayed, or waiting for a callback (``TaskState/isQueued``).
  private(set) var queuedCount = 0
  /// Attempts that failed and are retried.
  private(set) var retries = 0

  /// All tasks wait for their upstreams; tasks that are done in the store are done.
  init(_ plan: EnginePlan) {
    // A tag and a count. An accidental increase of the size must be noticed.
    precondition(MemoryLayout<TaskState>.size == 5 && MemoryLayout<Row>.stride == 12)
    let upstreams = plan.graph.upstreamCount
    templates = plan.template
    rows = plan.statuses.indices.map { task in
      Row(state: plan.statuses[task] == .done ? .done : .waiting(unfinished: upstreams[task]))
    }
    joins = Array(upstreams[plan.graph.taskCount...])
    counts = Array(repeating: RunProgress.Counts(), count: plan.templates.count)
    for task in rows.indices {
      counts[Int(templates[task])][rows[task].state.status.word] += 1
      if rows[task].state == .done { doneCount += 1 }
    }
  }

  // MARK: One task

  var indices: Range<Int> { rows.indices }

  subscript(task: TaskIndex) -> TaskState { rows[Int(task)].state }

  /// The status of a task for the store and the user.
  func status(of task: TaskIndex) -> TaskStatus { rows[Int(task)].state.status }

  /// Index of the task's group.
  func group(of task: TaskIndex) -> Int32 { rows[Int(task)].group }

  /// Sets the task's group from now on.
  mutating func setGroup(_ group: Int32, of task: TaskIndex) { rows[Int(task)].group = group }

  /// Number of attempts of a task in this run, including interrupted ones.
  func attempts(of task: TaskIndex) -> Int { Int(rows[Int(task)].attempts) }

  /// Failures of a task in this run.
  func setbacks(of task: TaskIndex) -> RetryPolicy.Setbacks { setbacks[task] ?? RetryPolicy.Setbacks() }

  /// Counts a failure of a task.
  mutating func withSetbacks<Result>(
    of task: TaskIndex, _ body: (inout RetryPolicy.Setbacks) -> Result
  ) -> Result {
    body(&setbacks[task, default: RetryPolicy.Setbacks()])
  }

  /// The number of a task's next attempt; interrupted attempts do not count.
  func attemptNumber(of task: TaskIndex) -> Int {
    guard !setbacks.isEmpty, let before = setbacks[task] else { return 1 }
    return 1 + before.counted + before.infrastructure
  }

  /// All state changes except the countdown of upstreams go through here.
  @inline(__always)
  private mutating func move(_ task: TaskIndex, to next: TaskState) throws(EngineError) {
    let old = rows[Int(task)].state
    guard old.canBecome(next) else {
      throw EngineError.illegalMove(task: task, from: old.status, to: next.status)
    }
    replace(task, old, by: next)
    switch next {
    case .done: doneCount += 1
    case .fatal: fatalCount += 1
    case .requeueing(.failed) where old.isOpen, .requeueing(.adjusting) where old.isOpen: retries += 1
    default: break
    }
  }

  /// Sets a state, and updates the counts.
  @inline(__always)
  private mutating func replace(_ task: TaskIndex, _ old: TaskState, by next: TaskState) {
    rows[Int(task)].state = next
    let (before, after) = (old.status.word, next.status.word)
    if before != after {
      let template = Int(templates[Int(task)])
      counts[template][before] -= 1
      counts[template][after] += 1
    }
    if old.isQueued != next.isQueued { queuedCount += next.isQueued ? 1 : -1 }
  }

  // MARK: Reset

  /// Whether a node is finished: a done task, or a join whose tasks are all done.
  func isFinished(_ node: Int32) -> Bool {
    let index = Int(node)
    return index < rows.count ? rows[index].state == .done : joins[index - rows.count] == 0
  }

  /// Resets nodes: each task waits for its upstreams, as if it had never been tried in this run. Ready tasks among them
  /// are no longer in a queue.
  ///
  /// - Parameter unfinished: the number of unfinished upstream nodes, by node; it contains all nodes downstream of each
  ///   node.
  mutating func reset(_ unfinished: [Int32: Int32]) throws(EngineError) {
    for (node, count) in unfinished {
      let index = Int(node)
      guard index < rows.count else {
        joins[index - rows.count] = count
        continue
      }
      let old = rows[index].state
      guard old.canBeSetBack else {
        throw EngineError.illegalMove(task: node, from: old.status, to: .registering)
      }
      replace(node, old, by: .waiting(unfinished: count))
      if old == .done { doneCount -= 1 }
      if old == .fatal { fatalCount -= 1 }
      rows[index].attempts = 0
      rows[index].isResolved = false
      setbacks[node] = nil
      pendingOrders[node] = nil
      orders[node] = nil
    }
    let left = delayed.unordered.filter { unfinished[$0.task] == nil }
    if left.count < delayed.count { delayed = PriorityHeap(left) }
  }

  // MARK: Upstreams

  /// Removes one finished upstream from a node's count.
  ///
  /// - Returns: whether no upstreams are left: a join is then finished, a task can be queued.
  mutating func countOff(_ node: Int32) -> Bool {
    let index = Int(node)
    guard index < rows.count else {
      joins[index - rows.count] -= 1
      return joins[index - rows.count] == 0
    }
    switch rows[index].state {
    case .waiting(let unfinished):
      rows[index].state = .waiting(unfinished: unfinished - 1)
      return unfinished == 1
    case .recovering(let unfinished):
      rows[index].state = .recovering(unfinished: unfinished - 1)
      return false
    default: return false
    }
  }

  // MARK: Queue

  /// Marks the task as ready in its group's queue.
  mutating func enqueue(_ task: TaskIndex) throws(EngineError) { try move(task, to: .ready) }

  /// Marks the task as failed permanently; it has no open attempt.
  mutating func giveUp(_ task: TaskIndex) throws(EngineError) { try move(task, to: .fatal) }

  /// Delays the task until a time (monotonic milliseconds).
  mutating func delay(_ task: TaskIndex, until due: Int64) throws(EngineError) {
    guard case .requeueing(let why) = rows[Int(task)].state else {
      let status = status(of: task)
      throw EngineError.illegalMove(task: task, from: status, to: status)
    }
    try move(task, to: .delayed(why))
    delays += 1
    delayed.insert(DelayedTask(due: due, arrival: delays, task: task))
  }

  /// When the first delayed task is to be queued, in monotonic milliseconds; nil if none is delayed.
  var firstDelay: Int64? { delayed.first?.due }

  /// Takes a delayed task that is due; the caller has to queue it.
  mutating func popDelayed(now: Int64) throws(EngineError) -> TaskIndex? {
    guard let first = delayed.first, first.due <= now else { return nil }
    _ = delayed.removeFirst()
    if case .delayed(let why) = rows[Int(first.task)].state { try move(first.task, to: .requeueing(why)) }
    return first.task
  }

  // MARK: Callbacks

  /// Sets a question to ask before the task is queued.
  mutating func setPendingOrder(_ order: ResourceOrder) { pendingOrders[order.task] = order }

  /// Removes and returns the question to ask before the task is queued.
  mutating func takePendingOrder(of task: TaskIndex) -> ResourceOrder? {
    pendingOrders.isEmpty ? nil : pendingOrders.removeValue(forKey: task)
  }

  /// Whether a callback has computed the task's request in this run.
  func isResolved(_ task: TaskIndex) -> Bool { rows[Int(task)].isResolved }

  /// Makes the task wait for a callback until a deadline (monotonic milliseconds).
  mutating func resolve(_ order: ResourceOrder, deadline: Int64) throws(EngineError) {
    try move(order.task, to: .resolving)
    orders[order.task] = (order, deadline)
  }

  /// Removes and returns the question that a task waits for; the caller has to queue the task, or give it up. nil if
  /// the task does not wait for a callback.
  mutating func endResolving(_ task: TaskIndex) throws(EngineError) -> ResourceOrder? {
    guard let (order, _) = orders.removeValue(forKey: task) else { return nil }
    try move(task, to: .requeueing(.adjusting))
    return order
  }

  /// Records that a callback has computed the task's request.
  mutating func setResolved(_ task: TaskIndex) { rows[Int(task)].isResolved = true }

  /// The earliest deadline of a callback, in monotonic milliseconds; nil if no callback is pending.
  var firstDeadline: Int64? { orders.values.lazy.map(\.deadline).min() }

  /// Tasks whose callbacks have not answered in time, sorted.
  func unanswered(now: Int64) -> [TaskIndex] {
    orders.isEmpty ? [] : orders.filter { $0.value.deadline <= now }.keys.sorted()
  }

  // MARK: Attempts

  /// Marks the task as prepared: its next attempt is recorded, but not submitted yet.
  mutating func prepare(_ attempt: PreparedAttempt) throws(EngineError) {
    let slot = freeSlots.last ?? Int32(prepared.count)
    try move(attempt.task, to: .prepared(slot: slot))
    if freeSlots.popLast() == nil {
      prepared.append(attempt)
    } else {
      prepared[Int(slot)] = attempt
    }
  }

  /// The recorded attempt of a prepared task.
  func preparedAttempt(of task: TaskIndex) -> PreparedAttempt? {
    if case .prepared(let slot) = rows[Int(task)].state { prepared[Int(slot)] } else { nil }
  }

  /// Makes prepared tasks ready again.
  ///
  /// - Returns: their recorded attempts, in the order of the tasks.
  mutating func withdrawPrepared() throws(EngineError) -> [PreparedAttempt] {
    let withdrawn = prepared.indices.filter {
      rows[Int(prepared[$0].task)].state == .prepared(slot: Int32($0))
    }.map { prepared[$0] }.sorted { $0.task < $1.task }
    prepared = []
    freeSlots = []
    for attempt in withdrawn { try move(attempt.task, to: .ready) }
    return withdrawn
  }

  /// Marks the task's attempt as recorded and submitted.
  mutating func submit(_ instance: TaskInstanceID, _ attempt: consuming OpenAttempt) throws(EngineError) {
    let before = rows[Int(attempt.task)].state
    try move(attempt.task, to: .submitted)
    if case .prepared(let slot) = before {
      freeSlots.append(slot)
    }
    add(instance, attempt)
  }

  private mutating func add(_ instance: TaskInstanceID, _ attempt: consuming OpenAttempt) {
    let task = Int(attempt.task)
    if rows[task].attempts < .max { rows[task].attempts += 1 }
    open[instance] = attempt
  }

  /// Marks an attempt as accepted by the executor.
  ///
  /// - Returns: its task; nil if this was already known, or if the attempt is not open.
  mutating func launch(_ instance: TaskInstanceID) throws(EngineError) -> TaskIndex? {
    guard let index = open.index(of: instance) else { return nil }
    let task = open.values[index].task
    guard case .submitted = rows[Int(task)].state else { return nil }
    try move(task, to: .launched)
    return task
  }

  /// Marks the command of an attempt as running.
  ///
  /// - Returns: its task; nil if this was already known, or if the attempt is not open.
  mutating func start(_ instance: TaskInstanceID) throws(EngineError) -> TaskIndex? {
    guard let index = open.index(of: instance) else { return nil }
    let task = open.values[index].task
    if case .running = rows[Int(task)].state { return nil }
    try move(task, to: .running)
    return task
  }

  /// Removes an ended attempt from the open ones; ``end(_:to:)`` has to follow.
  ///
  /// - Returns: nil if it is not open.
  mutating func close(_ instance: TaskInstanceID) -> OpenAttempt? { open.removeValue(forKey: instance) }

  /// Moves a task to its next state after its attempt has been closed.
  mutating func end(_ task: TaskIndex, to next: TaskState) throws(EngineError) { try move(task, to: next) }

  /// Whether an open attempt holds cores and memory of a node, or waits for them.
  func hasNode(_ instance: TaskInstanceID) -> Bool {
    open.index(of: instance).map { open.values[$0].node != nil } ?? false
  }

  /// An open attempt; nil if it has ended or does not belong to this run.
  func attempt(_ instance: TaskInstanceID) -> OpenAttempt? { open[instance] }

  /// All open attempts, unsorted.
  var openAttempts: [OpenAttempt] { open.values }

  /// The instances of the wanted open attempts, sorted.
  func instances(where isWanted: (OpenAttempt) -> Bool) -> [TaskInstanceID] { open.filter(isWanted).sorted() }

  /// Whether no attempt is open.
  var isIdle: Bool { open.isEmpty }

  /// Marks an attempt as cancelled.
  mutating func setCancelled(_ instance: TaskInstanceID) {
    if let index = open.index(of: instance) { open.values[index].isCancelled = true }
  }

  /// Sets the node whose cores and memory an attempt holds.
  mutating func setNode(_ node: Int, of instance: TaskInstanceID) {
    guard let index = open.index(of: instance) else { return }
    open.values[index].node = node
    open.values[index].waits = false
  }

  // MARK: Instances of earlier runs

  /// Adds an earlier run's instance whose state is to be recovered. Its task waits for that unless it is done.
  mutating func recover(_ instance: OpenInstance) throws(EngineError) {
    recovering[instance.instance] = instance
    if case .waiting(let unfinished) = rows[Int(instance.task)].state {
      try move(instance.task, to: .recovering(unfinished: unfinished))
    }
  }

  /// Whether the state of any instance is still unknown.
  var isRecovering: Bool { !recovering.isEmpty }

  /// An earlier run's instance whose state is not known.
  func earlierInstance(_ instance: TaskInstanceID) -> OpenInstance? {
    recovering.isEmpty ? nil : recovering[instance]
  }

  /// Removes an earlier run's instance that no longer exists.
  ///
  /// - Returns: whether its task can be queued.
  mutating func forget(_ instance: OpenInstance) throws(EngineError) -> Bool {
    recovering[instance.instance] = nil
    guard case .recovering(let unfinished) = rows[Int(instance.task)].state else { return false }
    try move(instance.task, to: .waiting(unfinished: unfinished))
    return unfinished == 0
  }

  /// Adopts an earlier run's instance.
  mutating func adopt(_ instance: TaskInstanceID, _ attempt: OpenAttempt, isRunning: Bool) throws(EngineError)
  {
    recovering[instance] = nil
    try move(attempt.task, to: isRunning ? .running : .launched)
    add(instance, attempt)
  }
}

/// An attempt without an outcome.
struct OpenAttempt: Sendable {
  var task: TaskIndex
  /// Index of its ``ReadyGroup``.
  var group: Int32
  var attempt: Int
  /// Index of its node in its cluster's list, if the core chose the node.
  var node: Int?
  /// Whether it waits at its node for the end of another attempt, and holds no cores or memory.
  var waits = false
  /// Its batch, and its index in it.
  var token: String
  var index: Int
  /// Whether its cancellation was requested.
  var isCancelled = false
}

/// An attempt that is recorded and not submitted yet.
struct PreparedAttempt: Sendable {
  var task: TaskIndex
  var instance: TaskInstanceID
  var token: String
  /// Its index in the batch.
  var index: Int
  var attempt: Int
}
