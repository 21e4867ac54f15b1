import Testing

@testable import JobmonEngine
@testable import JobmonExecution
@testable import JobmonModel
@testable import JobmonStore

@Suite("The engine: failures, retries, stops")
struct EngineFailureTests {
  @Test(
    "a failed command is retried up to max_attempts, then the task is FATAL and its downstream tasks stay pending"
  )
  func attempts() throws {
    var bench = EngineBench(try .simple(upstreams: [[], [0], []]))
    bench.endings[0] = Array(repeating: .exit(1), count: 9)
    try bench.run()
    #expect(bench.order.filter { $0 == 0 }.count == 3)
    #expect(bench.finalStatus(0) == .fatal)
    #expect(bench.finalStatus(2) == .done)
    #expect(!bench.order.contains(1))
    #expect(bench.ending == .exhausted)
    #expect(bench.failures.map(\.willRetry) == [true, true, false])
    #expect(bench.engine.retries == 2)
  }

  @Test("a failure because of a full log disk uses no attempt, and nothing starts while the disk is full")
  func fullLogDisk() throws {
    var bench = EngineBench(try .simple(upstreams: [[], [], [], []]))
    try bench.begin()
    let first = bench.starts[0]
    #expect(bench.starts.count == 2)
    for cause in [Cause.launchFailure, .nodeFailure, .exit(1)] {
      let outcome = Outcome(cause: cause, message: "full", isLogDiskFull: true)
      let instance = bench.starts.last { $0.task == first.task }!.instance
      let started = bench.starts.count
      try bench.turn([.logDisk(isFull: true), .executor(0, .ended(instance, outcome))])
      #expect(bench.starts.count == started && bench.ending == nil)
      #expect(bench.finalStatus(first.task) == .registering)
      try bench.turn([.logDisk(isFull: false)])
      #expect(bench.starts.count == started + 1)
    }
    #expect(bench.starts.filter { $0.task == first.task }.allSatisfy { $0.attempt == 1 })
    #expect(bench.failures.isEmpty)
    try bench.goOn()
    #expect(bench.ending == .exhausted && bench.done == 4 && bench.engine.retries == 0)
  }

  @Test("a run that waits for space for log files can be stopped")
  func stopWithFullLogDisk() throws {
    var bench = EngineBench(try .simple(upstreams: [[], [], []]))
    try bench.begin()
    try bench.turn([.logDisk(isFull: true)])
    try bench.goOn(until: { $0.outstanding == 0 })
    #expect(bench.starts.count == 2 && bench.ending == nil)
    try bench.turn([.stop(StopOrder(running: .cancelLocal, ending: .interrupted))])
    #expect(bench.ending == .interrupted)
  }

  @Test("a task that succeeds after failed attempts is DONE")
  func lateSuccess() throws {
    var bench = EngineBench(try .simple(upstreams: [[]]))
    bench.endings[0] = [.exit(1), .signal(11)]
    try bench.run()
    #expect(bench.finalStatus(0) == .done)
    #expect(bench.starts.map(\.attempt) == [1, 2, 3])
  }

  @Test("only the resource that ran out is scaled")
  func scaling() throws {
    let settings = ResolvedSettings.asking(
      memory: 1000, runtime: 60, scales: [.memory: .factor(0.5), .runtime: .list([120, 600])], maxAttempts: 5)
    var bench = EngineBench(try .simple(upstreams: [[]], settings: settings))
    bench.endings[0] = [.memory, .memory, .runtime, .runtime]
    try bench.run()
    #expect(bench.requests[0]?.map(\.memory) == [1000, 1500, 2250, 2250, 2250])
    #expect(bench.requests[0]?.map(\.runtime) == [60, 60, 60, 120, 600])
    #expect(bench.finalStatus(0) == .done)
  }

  @Test("exhausting a resource that was not requested counts as a failure of the command")
  func unsetResource() throws {
    var bench = EngineBench(try .simple(upstreams: [[]]))
    bench.endings[0] = [.memory, .memory, .memory]
    try bench.run()
    #expect(bench.requests[0]?.map(\.memory) == [nil, nil, nil])
    #expect(bench.finalStatus(0) == .fatal)
  }

  @Test(
    "a request beyond the limits of its queue goes to the fallback queues in order; if none allows it, the task is FATAL"
  )
  func fallback() throws {
    let queues = [
      ClusterQueue(name: "short", isDefault: true, maxRuntime: 100),
      ClusterQueue(name: "mid", maxRuntime: 150),
      ClusterQueue(name: "long", maxRuntime: 1000),
    ]
    let settings = ResolvedSettings.asking(
      runtime: 90, queue: "short", scales: [.runtime: .factor(1)], fallback: ["mid", "long"], maxAttempts: 9)
    var bench = EngineBench(try .simple(upstreams: [[]], settings: settings, queues: queues))
    bench.endings[0] = Array(repeating: .runtime, count: 9)
    try bench.run()
    #expect(bench.requests[0]?.map(\.queue) == ["short", "long", "long", "long"])
    #expect(bench.requests[0]?.map(\.runtime) == [90, 180, 360, 720])
    #expect(bench.finalStatus(0) == .fatal)
    let reason = try #require(bench.failures.last?.reason)
    #expect(reason.contains("queue 'long' allows a runtime of 1000 s; requested: 1440 s"))
  }

  @Test("a retry that the cluster reports as impossible makes the task FATAL")
  func impossible() throws {
    let settings = ResolvedSettings.asking(memory: 1000, maxAttempts: 5)
    var bench = EngineBench(try .simple(upstreams: [[]], settings: settings))
    bench.endings[0] = [.memory]
    bench.verdict = { _ in .impossible(why: "the machine has 1200 bytes") }
    try bench.run()
    #expect(bench.finalStatus(0) == .fatal)
    #expect(bench.failures.last?.reason == "the machine has 1200 bytes")
    #expect(bench.starts.count == 1)
  }

  @Test("infrastructure failures have their own limit and backoff, and use no attempt")
  func infrastructure() throws {
    let plan = try EnginePlan.simple(upstreams: [[]]) {
      $0.policy.infrastructureAttempts = 4
      $0.policy.backoffFirst = 1000
      $0.policy.backoffMax = 3000
    }
    var bench = EngineBench(plan)
    bench.endings[0] = [.nodeFailure, .preempted, .exit(1), .lost("x"), .exit(1)]
    let began = bench.now.monotonic
    try bench.run()
    #expect(bench.finalStatus(0) == .done)
    #expect(bench.starts.count == 6)
    // Six attempts of one second each, and delays of 1, 2 and 3 seconds.
    #expect(bench.now.monotonic - began == 6000 + 6000)
    var worn = EngineBench(plan)
    worn.endings[0] = Array(repeating: .nodeFailure, count: 20)
    try worn.run()
    #expect(worn.starts.count == 4)
    #expect(worn.finalStatus(0) == .fatal)
  }

  @Test("an interrupted attempt runs again and is not counted")
  func interrupted() throws {
    var bench = EngineBench(try .simple(upstreams: [[]]))
    bench.endings[0] = Array(repeating: .interrupted, count: 12)
    try bench.run()
    #expect(bench.finalStatus(0) == .done)
    #expect(bench.starts.count == 13)
    #expect(bench.starts.allSatisfy { $0.attempt == 1 })
    #expect(bench.engine.retries == 0)
  }

  @Test("a cancellation by an operator is FATAL and names the operator")
  func cancelledByUser() throws {
    var bench = EngineBench(try .simple(upstreams: [[]]))
    bench.endings[0] = [.cancelled(by: "alice")]
    try bench.run()
    #expect(bench.finalStatus(0) == .fatal)
    #expect(bench.failures.first?.reason.contains("cancelled by alice") == true)
  }

  @Test("retry_exit_codes and no_retry_exit_codes decide which exit codes are retried")
  func exitCodes() throws {
    let only = try EnginePlan.simple(upstreams: [[]]) { $0.templates[0].retryExitCodes = [75] }
    var bench = EngineBench(only)
    bench.endings[0] = [.exit(75), .exit(1)]
    try bench.run()
    #expect(bench.starts.count == 2)
    #expect(bench.finalStatus(0) == .fatal)
    let never = try EnginePlan.simple(upstreams: [[]]) { $0.templates[0].noRetryExitCodes = [3] }
    var other = EngineBench(never)
    other.endings[0] = [.exit(3)]
    try other.run()
    #expect(other.starts.count == 1)
  }

  @Test("with fail-fast nothing starts after the first FATAL task")
  func failFast() throws {
    let plan = try EnginePlan.simple(
      upstreams: Array(repeating: [], count: 10), settings: .asking(maxAttempts: 2), slots: 2
    ) { $0.policy.failFast = true }
    var bench = EngineBench(plan)
    bench.endings[0] = [.exit(1), .exit(1)]
    try bench.run()
    #expect(bench.ending == .failFast)
    #expect(bench.engine.fatalCount == 1)
    #expect(bench.starts.count < 10)
    #expect(bench.engine.tasks.isIdle)
  }

  @Test("a timeout cancels local tasks without using an attempt")
  func timeout() throws {
    let plan = try EnginePlan.simple(upstreams: Array(repeating: [], count: 4)) { $0.policy.timeout = 1500 }
    var bench = EngineBench(plan)
    try bench.run()
    #expect(bench.ending == .timeout)
    #expect(bench.cancelled.count == 2)
    #expect(bench.engine.doneCount == 2)
    #expect(bench.finalStatus(2) == .registering)
  }

  @Test("an interrupt cancels local tasks and leaves jobs that outlive the driver")
  func interrupts() throws {
    var local = EngineBench(try .simple(upstreams: [[], [], []]))
    try local.begin()
    try local.turn([.stop(StopOrder(running: .cancelLocal, ending: .interrupted))])
    #expect(local.ending == .interrupted)
    #expect(local.cancelled.count == 2)
    var remote = EngineBench(try .simple(upstreams: [[], [], []], placement: .backend(maxOutstanding: 2)))
    try remote.begin()
    try remote.turn([.stop(StopOrder(running: .cancelLocal, ending: .interrupted))])
    #expect(remote.ending == .interrupted)
    #expect(remote.cancelled.isEmpty)
    #expect(remote.engine.runningTasks.count == 2)
  }

  @Test(
    "instances of an earlier run are recovered first, and nothing starts on their cluster before the answers")
  func recovery() throws {
    let open = [1, 2, 3].map {
      OpenInstance(
        instance: TaskInstanceID(100 + $0), task: TaskIndex($0), attempt: 1, run: 7, cluster: "test",
        token: "old-0",
        index: $0, request: ResourceRequest(), handle: nil, started: nil)
    }
    let plan = try EnginePlan.simple(
      upstreams: [[], [0], [0], [0], [1, 2, 3]], slots: 9,
      statuses: [.done, .registering, .registering, .registering, .registering]
    ) { $0.openInstances = open }
    var bench = EngineBench(plan)
    try bench.begin()
    #expect(bench.recovered.map(\.token) == ["old-0"])
    #expect(bench.starts.isEmpty)
    try bench.turn([
      .executor(0, .recovered(101, .absent)),
      .executor(0, .recovered(102, .running(node: "n1", started: nil))),
    ])
    #expect(bench.starts.isEmpty)
    try bench.turn([.executor(0, .recovered(103, .ended(Outcome(cause: .exit(0)))))])
    #expect(bench.order == [1])
    try bench.turn([.executor(0, .ended(102, Outcome(cause: .exit(0))))])
    try bench.goOn()
    #expect(bench.ending == .exhausted)
    #expect(bench.engine.doneCount == 5)
    #expect(bench.order == [1, 4])
  }

  @Test("an attempt that a dead driver left is cancelled if an upstream task was reset, and runs again later")
  func recoveryDownstreamOfAReset() throws {
    let open = [1, 2].map {
      OpenInstance(
        instance: TaskInstanceID(100 + $0), task: TaskIndex($0), attempt: 1, run: 7, cluster: "test",
        token: "old-0", index: $0, request: ResourceRequest(), handle: nil, started: nil)
    }
    // Task 0 was reset; task 1 waits for it, task 2 for none.
    let plan = try EnginePlan.simple(
      upstreams: [[], [0], []], slots: 9, statuses: [.registering, .registering, .registering]
    ) { $0.openInstances = open }
    var bench = EngineBench(plan)
    try bench.begin()
    #expect(bench.recovered.map(\.cancel).sorted { !$0 && $1 } == [false, true])
    #expect(bench.recovered.first { $0.cancel }?.instances.map(\.instance) == [101])
    try bench.turn([
      .executor(0, .recovered(101, .running(node: "n1", started: nil))),
      .executor(0, .recovered(102, .running(node: "n1", started: nil))),
    ])
    #expect(bench.starts.isEmpty, "it may still run")
    // Its result is ignored, however it ended.
    try bench.turn([.executor(0, .ended(101, Outcome(cause: .exit(0))))])
    #expect(bench.order == [0])
    try bench.turn([.executor(0, .ended(102, Outcome(cause: .exit(0))))])
    try bench.goOn()
    #expect(bench.ending == .exhausted && bench.engine.doneCount == 3)
    #expect(bench.order == [0, 1])
  }

  @Test("events for unknown instances and repeated events change nothing")
  func strayEvents() throws {
    var bench = EngineBench(try .simple(upstreams: [[], [0]]))
    try bench.begin()
    let outcome = Outcome(cause: .exit(0))
    try bench.turn([
      .executor(0, .ended(999, outcome)), .executor(0, .started(999, node: nil, at: bench.now.wall)),
      .executor(0, .submitted([999], .accepted(handle: "h"))), .executor(0, .recovered(999, .absent)),
      .executor(0, .ended(1, outcome)), .executor(0, .ended(1, Outcome(cause: .exit(1)))),
    ])
    try bench.goOn()
    #expect(bench.engine.doneCount == 2)
    #expect(bench.failures.isEmpty)
  }
}
