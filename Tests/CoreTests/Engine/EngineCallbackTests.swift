import JobmonCore
import Testing

@Suite("Requests that callbacks compute")
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

  @Test("the answer is what the attempt asks for; it is asked once")
  func ready() throws {
    var bench = try bench { .resources(ComputeResources(memory: $0.request.memory! * 7)) }
    bench.endings = [0: [.exit(1)]]
    try bench.run()
    #expect(bench.ending == .exhausted && bench.done == 1)
    #expect(bench.requests[0]?.map(\.memory) == [70, 70])
    #expect(bench.orders.count == 1)
  }

  @Test("a scale is asked with what ran out and how often; only that resource changes")
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
    "an error makes the task FATAL, with the reason; others go on",
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

  @Test("who does not answer within five minutes has failed; a late answer changes nothing")
  func deadline() throws {
    var bench = try bench { _ in nil }
    try bench.run()
    #expect(bench.finalStatus(0) == .fatal)
    #expect(bench.failures.first?.reason.contains("300 s") == true)
    #expect(bench.ending == .exhausted)
  }

  @Test("a stop does not wait for an answer")
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
