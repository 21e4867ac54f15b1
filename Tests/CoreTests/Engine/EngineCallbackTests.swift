import JobmonCore
import Testing

@Suite("The engine: resource requests from callbacks")
struct EngineCallbackTests {
  /// Creates a bench whose callback gives this answer; one task by default.
  private func bench(
    tasks: Int = 1, scales: [ScalableResource: ResourceScale] = [:], callback: String? = "size",
    memory: Int64 = 1 << 40, answer: @escaping (ResourceOrder) -> ResolvedResources?
  ) throws -> EngineBench {
    var settings = ResolvedSettings.asking(memory: 10, scales: scales)
    settings.callback = callback
    var bench = EngineBench(
      try .simple(upstreams: Array(repeating: [], count: tasks), settings: settings, memory: memory))
    bench.answer = answer
    return bench
  }

  @Test("all attempts of a task request what its callback returned, and the callback is called once")
  func ready() throws {
    var bench = try bench { .resources(ComputeResources(memory: $0.request.memory! * 7)) }
    bench.endings = [0: [.exit(1)]]
    try bench.run()
    #expect(bench.ending == .exhausted && bench.done == 1)
    #expect(bench.requests[0]?.map(\.memory) == [70, 70])
    #expect(bench.orders.count == 1)
  }

  @Test(
    "a scale callback gets the exhausted resource and the number of failures, and only that resource changes")
  func scale() throws {
    var bench = try bench(scales: [.memory: .callback("more")], callback: nil) {
      .resources(ComputeResources(cores: 9, memory: $0.request.memory! + Int64($0.failures)))
    }
    bench.endings = [0: [.memory, .memory]]
    try bench.run()
    #expect(bench.requests[0]?.map(\.memory) == [10, 11, 13])
    #expect(bench.requests[0]?.map(\.cores) == [1, 1, 1])
    #expect(bench.orders.map(\.ranOut) == [.memory, .memory])
    #expect(bench.done == 1)
  }

  @Test(
    "a failed callback or an invalid answer makes the task FATAL, and other tasks run",
    arguments: [
      ResolvedResources.failed("no idea"), .resources(ComputeResources(cores: 0)),
      .resources(ComputeResources(cores: 1000)),
    ])
  func fault(answer: ResolvedResources) throws {
    var bench = try bench(tasks: 2) { $0.task == 0 ? answer : .resources(ComputeResources()) }
    bench.verdict = { $0.cores > 100 ? .impossible(why: "too large") : .ok }
    try bench.run()
    #expect(bench.ending == .exhausted)
    #expect(bench.finalStatus(0) == .fatal && bench.finalStatus(1) == .done)
    #expect(bench.failures.count == 1 && !bench.failures[0].willRetry)
  }

  @Test("a callback that does not answer within 300 s makes the task FATAL")
  func deadline() throws {
    var bench = try bench { _ in nil }
    try bench.run()
    #expect(bench.finalStatus(0) == .fatal)
    #expect(bench.failures.first?.reason.contains("300 s") == true)
    #expect(bench.ending == .exhausted)
  }

  @Test("a stop does not wait for a callback")
  func stop() throws {
    var bench = try bench { _ in nil }
    try bench.begin()
    try bench.turn([.stop(StopOrder(running: .finish, ending: .interrupted))])
    #expect(bench.ending == .interrupted)
  }

  @Test("a failure of an earlier run is scaled by the callback before the first attempt")
  func resume() throws {
    var settings = ResolvedSettings.asking(memory: 10, scales: [.memory: .callback("more")])
    settings.callback = nil
    var bench = EngineBench(
      try .simple(upstreams: [[]], settings: settings) {
        $0.resourceFailures = [
          ResourceFailure(task: 0, resource: .memory, request: ResourceRequest(memory: 40))
        ]
      })
    bench.answer = { .resources(ComputeResources(memory: $0.request.memory! * 2)) }
    try bench.run()
    #expect(bench.requests[0]?.map(\.memory) == [80])
  }
}
