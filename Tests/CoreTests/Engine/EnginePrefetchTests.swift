import JobmonCore
import Testing

@Suite("The engine: short tasks that are submitted ahead")
struct EnginePrefetchTests {
  private func bench(
    tasks: Int = 200, slots: Int = 2, milliseconds: Int64 = 2, limit: Int? = nil,
    change: (inout EnginePlan) -> Void = { _ in }
  ) throws -> EngineBench {
    var bench = EngineBench(
      try .simple(
        upstreams: Array(repeating: [], count: tasks), slots: slots, limit: limit, prefetches: true,
        change: change))
    bench.runtime = { _ in milliseconds }
    return bench
  }

  @Test("short tasks wait at the node once their runtime is known, and never exceed its slots")
  func shortTasks() throws {
    var bench = try bench()
    try bench.begin()
    #expect(bench.waiting.isEmpty)
    try bench.goOn { !$0.waiting.isEmpty }
    // As many as take 50 ms with two slots.
    #expect(bench.waiting.count == 50)
    try bench.goOn()
    #expect(bench.ending == .exhausted)
    #expect(bench.done == 200)
    #expect(bench.starts.count == 200)
    #expect(bench.mostAtOnce == 2)
  }

  @Test("longer tasks are not submitted ahead, whether the runtime is from this run or from earlier ones")
  func longTasks() throws {
    var bench = try bench(tasks: 20, milliseconds: 500) {
      $0.runtimes = [TemplateRuntime(template: 0, count: 3, mean: 0.5)]
    }
    try bench.run()
    #expect(bench.starts.allSatisfy { !$0.waits })
  }

  @Test("tasks submitted ahead count as submitted, and no limit is exceeded", arguments: [1, 2, 3, 5])
  func limit(limit: Int) throws {
    var bench = try bench(limit: limit)
    try bench.begin()
    while bench.ending == nil {
      var turns = 0
      try bench.goOn { _ in
        turns += 1
        return turns > 1
      }
      #expect(bench.outstanding <= limit)
    }
    #expect(bench.done == 200)
  }

  @Test("a lowered limit withdraws tasks submitted ahead and uses none of their attempts")
  func lowered() throws {
    var bench = try bench()
    try bench.begin()
    try bench.goOn { !$0.waiting.isEmpty }
    let waiting = bench.waiting
    try bench.turn([.limits(workflow: 0, templates: [])])
    #expect(bench.withdrawn == waiting.sorted())
    #expect(bench.waiting.isEmpty)
    let started = bench.starts.count
    try bench.goOn()
    #expect(bench.starts.count == started)
    try bench.turn([.limits(workflow: nil, templates: [])])
    try bench.goOn()
    #expect(bench.ending == .exhausted)
    #expect(bench.done == 200)
    #expect(bench.starts.allSatisfy { $0.attempt == 1 })
    #expect(bench.engine.progress.retries == 0)
  }

  @Test(
    "a stop withdraws tasks submitted ahead", arguments: [StopOrder.Running.finish, .cancelAll, .cancelLocal])
  func stop(running: StopOrder.Running) throws {
    var bench = try bench()
    try bench.begin()
    try bench.goOn { !$0.waiting.isEmpty }
    let started = bench.starts.count
    try bench.turn([.stop(StopOrder(running: running, ending: .interrupted))])
    try bench.goOn()
    #expect(bench.ending == .interrupted)
    #expect(bench.starts.count == started)
    #expect(bench.done < 200)
  }

  @Test("nothing is submitted ahead with fail-fast")
  func failFast() throws {
    var bench = try bench { $0.policy.failFast = true }
    try bench.run()
    #expect(bench.starts.allSatisfy { !$0.waits })
  }

  @Test("a larger task that becomes ready gets its slots")
  func larger() throws {
    // Task 0 needs both cores, becomes ready when task 1 is done, and has priority because task 2 waits for it.
    var bench = EngineBench(
      try .simple(upstreams: [[1], [], [0]] + Array(repeating: [], count: 298), prefetches: true) {
        $0.profiles.append(EnginePlan.TaskProfile(cluster: 0, settings: .asking(cores: 2)))
        $0.profile[0] = 1
      })
    bench.runtime = { _ in 2 }
    try bench.run()
    #expect(bench.done == 301)
    #expect(bench.order.firstIndex(of: 0)! < 100)
  }
}
