import JobmonCore
import Testing

@testable import JobmonEngine
@testable import JobmonModel
@testable import JobmonStore

@Suite("The engine: states of tasks")
struct TaskStateTests {
  /// All states, with the names used in the table. Counts of unfinished upstream tasks are 0.
  private static let states: [(name: String, state: TaskState)] = [
    ("waiting", .waiting(unfinished: 0)), ("recovering", .recovering(unfinished: 0)),
    ("resolving", .resolving), ("ready", .ready), ("prepared", .prepared(slot: 0)),
    ("interrupted", .requeueing(.interrupted)), ("failed", .requeueing(.failed)),
    ("adjusting", .requeueing(.adjusting)), ("delayed", .delayed(.interrupted)),
    ("backingOff", .delayed(.failed)), ("delayedAdjusting", .delayed(.adjusting)),
    ("submitted", .submitted), ("launched", .launched), ("running", .running), ("done", .done),
    ("fatal", .fatal),
  ]

  @Test("every transition between states is either in this table or illegal")
  func transitions() {
    let ended = "done fatal interrupted failed adjusting"
    let expected = [
      "waiting": "ready resolving fatal recovering", "recovering": "waiting launched running",
      "resolving": "adjusting", "ready": "prepared submitted fatal", "prepared": "ready submitted",
      "interrupted": "ready resolving fatal delayed", "failed": "ready resolving fatal backingOff",
      "adjusting": "ready resolving fatal delayedAdjusting", "delayed": "interrupted",
      "backingOff": "failed", "delayedAdjusting": "adjusting", "submitted": "launched running \(ended)",
      "launched": "running \(ended)", "running": ended, "done": "", "fatal": "",
    ]
    for (name, state) in Self.states {
      let allowed = Self.states.filter { state.canBecome($0.state) }.map(\.name)
      #expect(Set(allowed) == Set(expected[name]!.split(separator: " ").map(String.init)), "from \(name)")
    }
    #expect(TaskState.waiting(unfinished: 2).canBecome(.waiting(unfinished: 1)))
    #expect(!TaskState.waiting(unfinished: 2).canBecome(.waiting(unfinished: 0)))
    #expect(!TaskState.waiting(unfinished: 1).canBecome(.ready))
    #expect(!TaskState.waiting(unfinished: 1).canBecome(.recovering(unfinished: 0)))
    #expect(TaskState.recovering(unfinished: 3).canBecome(.running))
  }

  @Test("the status that is shown follows from the state")
  func statuses() {
    let letters = Self.states.map(\.state.status.rawValue).joined()
    #expect(letters == "GGAQQQEAQEAIORDF")
  }

  @Test("a task takes 12 bytes, so a million tasks take 12 MB")
  func size() {
    #expect(MemoryLayout<TaskState>.size == 5)
    #expect(MemoryLayout<TaskStateTable.Row>.stride == 12)
  }

  /// A table of three tasks: the second waits for the first, the third for both.
  private func table() throws -> TaskStateTable {
    TaskStateTable(try .simple(upstreams: [[], [0], [0, 1]]))
  }

  private func attempt(_ task: TaskIndex) -> OpenAttempt {
    OpenAttempt(task: task, group: 0, attempt: 1, token: "t", index: 0)
  }

  private func close(_ instance: TaskInstanceID, _ tasks: inout TaskStateTable) -> TaskIndex? {
    tasks.close(instance)?.task
  }

  @Test("the counts follow the states of an attempt, its failure, and the next attempt")
  func counts() throws {
    var tasks = try table()
    #expect(tasks.counts.map(\.pending) == [3] && tasks.queuedCount == 0)
    try tasks.enqueue(0)
    #expect(tasks.queuedCount == 1)
    try tasks.submit(7, attempt(0))
    #expect(tasks.queuedCount == 0 && tasks.attempts(of: 0) == 1 && !tasks.isIdle)
    let launches = [try tasks.launch(7), try tasks.launch(7)]
    #expect(launches == [0, nil])
    #expect(tasks.counts.map(\.scheduled) == [1])
    let starts = [try tasks.start(7), try tasks.start(7)]
    #expect(starts == [0, nil])
    #expect(tasks.counts.map(\.running) == [1] && tasks.counts.map(\.pending) == [2])
    #expect(close(7, &tasks) == 0 && close(7, &tasks) == nil)
    try tasks.end(0, to: .requeueing(.failed))
    #expect(tasks.retries == 1 && tasks.isIdle && tasks.status(of: 0) == .error)
    try tasks.delay(0, until: 50)
    #expect(tasks.firstDelay == 50 && tasks.queuedCount == 1)
    let due = [try tasks.popDelayed(now: 49), try tasks.popDelayed(now: 50)]
    #expect(due == [nil, 0])
    #expect(tasks.firstDelay == nil && tasks.queuedCount == 0)
    try tasks.enqueue(0)
    try tasks.submit(8, attempt(0))
    #expect(close(8, &tasks) == 0)
    try tasks.end(0, to: .done)
    #expect(tasks.doneCount == 1 && tasks.retries == 1 && tasks.attempts(of: 0) == 2)
    let isFree = [tasks.countOff(1), tasks.countOff(2)]
    #expect(isFree == [true, false])
    try tasks.enqueue(1)
    try tasks.giveUp(1)
    #expect(tasks.fatalCount == 1 && tasks.counts.map(\.total) == [3])
  }

  @Test("prepared attempts are withdrawn in the order of their tasks")
  func prepared() throws {
    var tasks = TaskStateTable(try .simple(upstreams: Array(repeating: [], count: 9)))
    for task in [8, 3, 5] as [TaskIndex] {
      try tasks.enqueue(task)
      let own = PreparedAttempt(task: task, instance: TaskInstanceID(task), token: "t", index: 0, attempt: 1)
      try tasks.prepare(own)
    }
    #expect(tasks.preparedAttempt(of: 5)?.instance == 5 && tasks.queuedCount == 3)
    try tasks.submit(5, attempt(5))
    let withdrawn = try tasks.withdrawPrepared().map(\.task)
    #expect(withdrawn == [3, 8])
    #expect(tasks[3] == .ready && tasks.preparedAttempt(of: 3) == nil && tasks.queuedCount == 2)
  }

  @Test("a task is not queued until the state of its instance from an earlier run is known")
  func recovery() throws {
    var tasks = try table()
    let earlier = OpenInstance(
      instance: 9, task: 1, attempt: 1, run: 1, cluster: "here", token: "old", index: 0,
      request: ResourceRequest(), handle: nil, started: nil)
    try tasks.recover(earlier)
    let isFree = tasks.countOff(1)
    #expect(tasks.isRecovering && !isFree)
    #expect(throws: EngineError.illegalMove(task: 1, from: .registering, to: .queued)) {
      try tasks.enqueue(1)
    }
    let isReady = try tasks.forget(earlier)
    #expect(isReady && !tasks.isRecovering && tasks[1] == .waiting(unfinished: 0))
  }

  @Test("an illegal transition throws and changes nothing")
  func illegalTransition() throws {
    var tasks = try table()
    #expect(throws: EngineError.illegalMove(task: 0, from: .registering, to: .instantiated)) {
      try tasks.submit(1, attempt(0))
    }
    #expect(tasks[0] == .waiting(unfinished: 0) && tasks.isIdle && tasks.counts.map(\.pending) == [3])
  }
}
