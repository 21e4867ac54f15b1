import JobmonCollections
import JobmonGraph
import JobmonModel
import JobmonStore

/// The tasks of a run: each one's ``TaskState``, what belongs to it, and the counts that follow from the states.
///
/// Everything is private, so that no state can change without its counts. A task takes 12 bytes; what only few tasks have
/// at a time is kept beside.
struct TaskStateTable: Sendable {
  /// A task. A million of them must fit: the size is asserted by ``init(_:)`` and by a test.
  struct Row: Sendable {
    var state: TaskState
    /// Whether a callback has computed its request in this run.
    var isResolved = false
    /// Attempts submitted or adopted in this run; the greatest number means "or more".
    var attempts: UInt16 = 0
    /// Index of its ``ReadyGroup``.
    var group: Int32 = 0
  }

  private var rows: [Row]
  /// Upstream nodes that each join waits for; its first entry is of node ``TaskGraph/taskCount``.
  private var joins: [Int32]
  /// Index of its template, by task.
  private let templates: [Int32]

  /// Failures, of those tasks that have any.
  private var setbacks: [TaskIndex: RetryPolicy.Setbacks] = [:]
  /// What to ask before these tasks are queued.
  private var pendingOrders: [TaskIndex: ResourceOrder] = [:]
  /// The question and its deadline, of tasks that are resolving.
  private var orders: [TaskIndex: (order: ResourceOrder, deadline: Int64)] = [:]
  /// Tasks that are delayed.
  private var delayed = PriorityHeap<DelayedTask>()
  private var delays: UInt64 = 0
  /// The recorded attempts of tasks that are prepared, by slot; a free slot keeps its last one.
  private var prepared: [PreparedAttempt] = []
  private var freeSlots: [Int32] = []
  /// Attempts of this run without an outcome.
  private var open = InstanceTable<OpenAttempt>()
  /// Instances of earlier runs whose fate is not known.
  private var recovering: [TaskInstanceID: OpenInstance] = [:]

  /// How many tasks are in each of the states that people see, by template.
  private(set) var counts: [RunProgress.Counts]
  /// Tasks that are done.
  private(set) var doneCount = 0
  /// Tasks that failed for good.
  private(set) var fatalCount = 0
  /// Tasks in a queue, delayed, or waiting for a callback (``TaskState/isQueued``).
  private(set) var queuedCount = 0
  /// Attempts that failed and are followed by another one.
  private(set) var retries = 0

  /// All tasks wait for their upstreams; those that are done in the store are done.
  init(_ plan: EnginePlan) {
    // A tag and a count; a change that doubles the table should be noticed.
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

  /// All tasks.
  var indices: Range<Int> { rows.indices }

  /// The state of a task.
  subscript(task: TaskIndex) -> TaskState { rows[Int(task)].state }

  /// The status of a task, as the store and people know it.
  func status(of task: TaskIndex) -> TaskStatus { rows[Int(task)].state.status }

  /// Index of the group that a task is queued in.
  func group(of task: TaskIndex) -> Int32 { rows[Int(task)].group }

  /// Sets the group that a task is queued in from now on.
  mutating func setGroup(_ group: Int32, of task: TaskIndex) { rows[Int(task)].group = group }

  /// Attempts of a task in this run; those that were interrupted count.
  func attempts(of task: TaskIndex) -> Int { Int(rows[Int(task)].attempts) }

  /// Failures of a task in this run.
  func setbacks(of task: TaskIndex) -> RetryPolicy.Setbacks { setbacks[task] ?? RetryPolicy.Setbacks() }

  /// Counts a failure of a task.
  mutating func withSetbacks<Result>(
    of task: TaskIndex, _ body: (inout RetryPolicy.Setbacks) -> Result
  ) -> Result {
    body(&setbacks[task, default: RetryPolicy.Setbacks()])
  }

  /// The number of the attempt of a task that starts next: interrupted attempts do not count.
  func attemptNumber(of task: TaskIndex) -> Int {
    guard !setbacks.isEmpty, let before = setbacks[task] else { return 1 }
    return 1 + before.counted + before.infrastructure
  }

  /// Every change of a state but the countdown of upstreams.
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

  /// Sets a state, with the counts that follow from any.
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

  // MARK: Running again

  /// Whether a node is finished: a task that is done, or a join all of whose tasks are.
  func isFinished(_ node: Int32) -> Bool {
    let index = Int(node)
    return index < rows.count ? rows[index].state == .done : joins[index - rows.count] == 0
  }

  /// Sets nodes back: each of the tasks waits for its upstreams, as if it had never been tried in this run. What was ready is
  /// in no queue any more.
  ///
  /// - Parameter unfinished: the upstream nodes that each of the nodes waits for, by node; all tasks downstream of one are
  ///   among them.
  mutating func setBack(_ unfinished: [Int32: Int32]) throws(EngineError) {
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

  /// Counts off one finished upstream of a node.
  ///
  /// - Returns: whether the node waits for nothing more: a join is finished then, a task can be queued.
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

  /// The task is in its group's queue from now on.
  mutating func enqueue(_ task: TaskIndex) throws(EngineError) { try move(task, to: .ready) }

  /// The task has failed for good, and no attempt of it is open.
  mutating func giveUp(_ task: TaskIndex) throws(EngineError) { try move(task, to: .fatal) }

  /// The task waits until a time (monotonic milliseconds).
  mutating func delay(_ task: TaskIndex, until due: Int64) throws(EngineError) {
    guard case .requeueing(let why) = rows[Int(task)].state else {
      let status = status(of: task)
      throw EngineError.illegalMove(task: task, from: status, to: status)
    }
    try move(task, to: .delayed(why))
    delays += 1
    delayed.insert(DelayedTask(due: due, arrival: delays, task: task))
  }

  /// When the first delayed task is to be queued, in monotonic milliseconds; nil where none is delayed.
  var firstDelay: Int64? { delayed.first?.due }

  /// A delayed task whose time has come; it has to be queued.
  mutating func popDelayed(now: Int64) throws(EngineError) -> TaskIndex? {
    guard let first = delayed.first, first.due <= now else { return nil }
    _ = delayed.removeFirst()
    if case .delayed(let why) = rows[Int(first.task)].state { try move(first.task, to: .requeueing(why)) }
    return first.task
  }

  // MARK: Callbacks

  /// Has a callback asked before the task is queued.
  mutating func setPendingOrder(_ order: ResourceOrder) { pendingOrders[order.task] = order }

  /// What to ask before the task is queued; it is forgotten here.
  mutating func takePendingOrder(of task: TaskIndex) -> ResourceOrder? {
    pendingOrders.isEmpty ? nil : pendingOrders.removeValue(forKey: task)
  }

  /// Whether a callback has computed the task's request in this run.
  func isResolved(_ task: TaskIndex) -> Bool { rows[Int(task)].isResolved }

  /// The task waits for a callback, until a deadline (monotonic milliseconds).
  mutating func resolve(_ order: ResourceOrder, deadline: Int64) throws(EngineError) {
    try move(order.task, to: .resolving)
    orders[order.task] = (order, deadline)
  }

  /// Takes the question that a task waits for; the task has to be queued, or given up. nil: it waits for none.
  mutating func endResolving(_ task: TaskIndex) throws(EngineError) -> ResourceOrder? {
    guard let (order, _) = orders.removeValue(forKey: task) else { return nil }
    try move(task, to: .requeueing(.adjusting))
    return order
  }

  /// The task's request is the one that its callback has computed.
  mutating func setResolved(_ task: TaskIndex) { rows[Int(task)].isResolved = true }

  /// The first deadline of a callback, in monotonic milliseconds; nil where none is asked.
  var firstDeadline: Int64? { orders.values.lazy.map(\.deadline).min() }

  /// Tasks whose callbacks have not answered in time, in order.
  func unanswered(now: Int64) -> [TaskIndex] {
    orders.isEmpty ? [] : orders.filter { $0.value.deadline <= now }.keys.sorted()
  }

  // MARK: Attempts

  /// The task's next attempt is recorded, and not submitted yet.
  mutating func prepare(_ attempt: PreparedAttempt) throws(EngineError) {
    let slot = freeSlots.last ?? Int32(prepared.count)
    try move(attempt.task, to: .prepared(slot: slot))
    if freeSlots.popLast() == nil {
      prepared.append(attempt)
    } else {
      prepared[Int(slot)] = attempt
    }
  }

  /// The recorded attempt of a task that is prepared.
  func preparedAttempt(of task: TaskIndex) -> PreparedAttempt? {
    if case .prepared(let slot) = rows[Int(task)].state { prepared[Int(slot)] } else { nil }
  }

  /// Makes tasks that are prepared ready again.
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

  /// The task's attempt is recorded and submitted.
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

  /// The executor has accepted an attempt.
  ///
  /// - Returns: its task; nil where that was known, or where the attempt is not open.
  mutating func launch(_ instance: TaskInstanceID) throws(EngineError) -> TaskIndex? {
    guard let index = open.index(of: instance) else { return nil }
    let task = open.values[index].task
    guard case .submitted = rows[Int(task)].state else { return nil }
    try move(task, to: .launched)
    return task
  }

  /// The command of an attempt runs.
  ///
  /// - Returns: its task; nil where that was known, or where the attempt is not open.
  mutating func start(_ instance: TaskInstanceID) throws(EngineError) -> TaskIndex? {
    guard let index = open.index(of: instance) else { return nil }
    let task = open.values[index].task
    if case .running = rows[Int(task)].state { return nil }
    try move(task, to: .running)
    return task
  }

  /// Takes an attempt that has ended out of the open ones; ``end(_:to:)`` has to follow.
  ///
  /// - Returns: nil where it is not open.
  mutating func close(_ instance: TaskInstanceID) -> OpenAttempt? { open.removeValue(forKey: instance) }

  /// The attempt of a task has ended, and is closed.
  mutating func end(_ task: TaskIndex, to next: TaskState) throws(EngineError) { try move(task, to: next) }

  /// Whether an open attempt holds cores and memory of a node, or waits for them.
  func hasNode(_ instance: TaskInstanceID) -> Bool {
    open.index(of: instance).map { open.values[$0].node != nil } ?? false
  }

  /// An open attempt; nil where it has ended or is not of this run.
  func attempt(_ instance: TaskInstanceID) -> OpenAttempt? { open[instance] }

  /// All open attempts, in no order.
  var openAttempts: [OpenAttempt] { open.values }

  /// The instances of those open attempts that are wanted, in order.
  func instances(where isWanted: (OpenAttempt) -> Bool) -> [TaskInstanceID] { open.filter(isWanted).sorted() }

  /// Whether no attempt is open.
  var isIdle: Bool { open.isEmpty }

  /// The end of an attempt has been asked for.
  mutating func setCancelled(_ instance: TaskInstanceID) {
    if let index = open.index(of: instance) { open.values[index].isCancelled = true }
  }

  /// An attempt holds cores and memory of a node from now on.
  mutating func setNode(_ node: Int, of instance: TaskInstanceID) {
    guard let index = open.index(of: instance) else { return }
    open.values[index].node = node
    open.values[index].waits = false
  }

  // MARK: Instances of earlier runs

  /// The fate of an earlier run's instance has to be found out; its task waits for that unless it is done.
  mutating func recover(_ instance: OpenInstance) throws(EngineError) {
    recovering[instance.instance] = instance
    if case .waiting(let unfinished) = rows[Int(instance.task)].state {
      try move(instance.task, to: .recovering(unfinished: unfinished))
    }
  }

  /// Whether the fate of an instance is not known.
  var isRecovering: Bool { !recovering.isEmpty }

  /// An earlier run's instance whose fate is not known.
  func earlierInstance(_ instance: TaskInstanceID) -> OpenInstance? {
    recovering.isEmpty ? nil : recovering[instance]
  }

  /// An earlier run's instance is gone.
  ///
  /// - Returns: whether its task can be queued.
  mutating func forget(_ instance: OpenInstance) throws(EngineError) -> Bool {
    recovering[instance.instance] = nil
    guard case .recovering(let unfinished) = rows[Int(instance.task)].state else { return false }
    try move(instance.task, to: .waiting(unfinished: unfinished))
    return unfinished == 0
  }

  /// An earlier run's instance is one of this run's from now on.
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
  /// Index of its node in its cluster's list, where the core chose the node.
  var node: Int?
  /// Whether it waits at its node for the end of another attempt, and holds no cores and memory.
  var waits = false
  /// Its batch, and its index in it.
  var token: String
  var index: Int
  /// Whether its end was asked for.
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
