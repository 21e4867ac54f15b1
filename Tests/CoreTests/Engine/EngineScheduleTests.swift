import Testing

@testable import JobmonEngine
@testable import JobmonModel
@testable import JobmonTraces

@Suite("The engine: scheduling")
struct EngineScheduleTests {
  @Test("a task starts after all its upstream tasks, and the run ends when all tasks are done")
  func diamond() throws {
    var bench = EngineBench(try .simple(upstreams: [[], [0], [0], [1, 2]]))
    try bench.run()
    #expect(bench.order == [0, 1, 2, 3])
    #expect(bench.ending == .exhausted)
    #expect(bench.engine.progress.templates[0].done == 4)
  }

  @Test("an outcome is recorded before the attempts that it makes possible")
  func commitOrder() throws {
    var bench = EngineBench(try .simple(upstreams: [[], [0]]))
    try bench.run()
    let ended = bench.records.firstIndex { if case .ended(let end) = $0 { end.task == 0 } else { false } }
    let started = bench.records.firstIndex {
      if case .instantiated(_, let attempts, _) = $0 { attempts.contains { $0.task == 1 } } else { false }
    }
    #expect(try #require(ended) < #require(started))
  }

  @Test("tasks with the longest remaining path start first, then those that were ready first")
  func bottomLevel() throws {
    // 2 -> 3 -> 4 is the longest path; 0 and 1 are independent.
    var bench = EngineBench(try .simple(upstreams: [[], [], [], [2], [3]], slots: 1))
    try bench.run()
    #expect(bench.order == [2, 3, 0, 1, 4])
  }

  @Test(
    "no more tasks run at once than fit by cores and by memory", arguments: [(1, 4), (2, 2), (3, 1), (4, 1)])
  func admission(cores: Int, most: Int) throws {
    var bench = EngineBench(
      try .simple(upstreams: Array(repeating: [], count: 12), settings: .asking(cores: cores), slots: 4))
    try bench.run()
    #expect(bench.mostAtOnce == most)
    var byMemory = EngineBench(
      try .simple(
        upstreams: Array(repeating: [], count: 12), settings: .asking(memory: Int64(cores) << 30), slots: 64,
        memory: 4 << 30))
    try byMemory.run()
    #expect(byMemory.mostAtOnce == most)
  }

  @Test("limits of the workflow and of a template hold, also if they change during the run")
  func limits() throws {
    var bench = EngineBench(try .simple(upstreams: Array(repeating: [], count: 20), slots: 64, limit: 3))
    try bench.begin()
    #expect(bench.starts.count == 3)
    try bench.turn([.limits(workflow: 5, templates: [])])
    #expect(bench.starts.count == 5)
    try bench.turn([.limits(workflow: nil, templates: [EngineEvent.Limit(template: 0, limit: 7)])])
    #expect(bench.starts.count == 7)
    try bench.turn([.limits(workflow: nil, templates: [EngineEvent.Limit(template: 0, limit: 0)])])
    try bench.goOn { $0.engine.progress.templates[0].running == 0 }
    #expect(bench.starts.count == 7)
    #expect(bench.ending == nil)
    try bench.turn([.limits(workflow: nil, templates: [])])
    try bench.goOn()
    #expect(bench.ending == .exhausted)
    #expect(bench.engine.doneCount == 20)
  }

  @Test("a paused run does not end")
  func pause() throws {
    var bench = EngineBench(try .simple(upstreams: [[], []], limit: 0))
    try bench.run()
    #expect(bench.ending == nil)
    #expect(bench.starts.isEmpty)
  }

  @Test("a shared upstream set is one join: 300 x 300 tasks have 601 nodes, and all tasks run")
  func join() throws {
    let all = (0..<300).map { TaskIndex($0) }
    let plan = try EnginePlan.simple(
      upstreams: Array(repeating: [], count: 300) + Array(repeating: all, count: 300), slots: 64)
    #expect(plan.graph.nodeCount == 601)
    var bench = EngineBench(plan)
    try bench.run()
    #expect(bench.engine.doneCount == 600)
    #expect(Set(bench.order.prefix(300)) == Set(all))
  }

  @Test("small tasks do not delay a large task forever")
  func noStarvation() throws {
    // Task 0 needs the whole node; 400 small tasks keep it busy.
    let big = EnginePlan.TaskProfile(cluster: 0, settings: .asking(cores: 4))
    let plan = try EnginePlan.simple(upstreams: Array(repeating: [], count: 401), slots: 4) {
      $0.profiles.append(big)
      $0.profile[1] = 1
    }
    var bench = EngineBench(plan)
    bench.runtime = { 1000 + Int64($0 % 7) * 100 }
    try bench.run()
    #expect(bench.order.firstIndex(of: 1)! < 100)
    #expect(bench.engine.doneCount == 401)
  }

  @Test(
    "a backend with its own placement gets batches of at most maxBatch with one token each, up to its capacity"
  )
  func backendPlacement() throws {
    let plan = try EnginePlan.simple(
      upstreams: Array(repeating: [], count: 25), placement: .backend(maxOutstanding: 20), maxBatch: 8)
    var bench = EngineBench(plan)
    try bench.begin()
    var batches: [String: Int] = [:]
    for case .instantiated(let token, let attempts, _) in bench.records {
      batches[token, default: 0] += attempts.count
    }
    #expect(batches.values.allSatisfy { $0 <= 8 })
    #expect(batches.values.reduce(0, +) == 20)
    try bench.goOn()
    #expect(bench.engine.doneCount == 25)
    var tokens = Set<String>()
    for case .batch(let batch) in bench.records { #expect(tokens.insert(batch.token).inserted) }
  }

  @Test("prepared attempts are submitted in order, and withdrawn if the run ends first")
  func preparedAttempts() throws {
    var bench = EngineBench(try .simple(upstreams: Array(repeating: [], count: 10), slots: 2))
    try bench.begin()
    func recorded(_ bench: EngineBench) -> Set<TaskIndex> {
      var tasks = Set<TaskIndex>()
      for case .instantiated(_, let attempts, _) in bench.records { tasks.formUnion(attempts.map(\.task)) }
      return tasks
    }
    #expect(recorded(bench).count > 2)
    #expect(bench.starts.count == 2)
    try bench.turn([.stop(StopOrder(running: .finish, ending: .interrupted))])
    try bench.goOn()
    #expect(bench.ending == .interrupted)
    #expect(bench.starts.count == 2)
    for task in recorded(bench).subtracting([0, 1]) { #expect(bench.finalStatus(task) == .registering) }
    var whole = EngineBench(try .simple(upstreams: Array(repeating: [], count: 500), slots: 3))
    try whole.run()
    #expect(whole.order == (0..<500).map { TaskIndex($0) })
    #expect(Set(whole.starts.map(\.instance)).count == 500)
  }

  @Test("the same events give the same actions")
  func replay() throws {
    var traces: [[String]] = []
    for _ in 0..<2 {
      let upstreams = (0..<200).map { task in
        (0..<task).filter { ($0 * 7 + task * 3) % 11 == 0 }.map { TaskIndex($0) }
      }
      var bench = EngineBench(try .simple(upstreams: upstreams, slots: 5))
      for task in stride(from: 0, to: 200, by: 9) {
        bench.endings[TaskIndex(task)] = [.exit(1), .nodeFailure]
      }
      bench.runtime = { 100 + Int64($0 * 37 % 900) }
      try bench.run()
      traces.append(bench.trace)
    }
    #expect(traces[0] == traces[1])
    #expect(traces[0].count > 100)
  }
}
