import JobmonCore
import Testing

@testable import SlurmPlugin

/// The core and the plugin choose the same queue, even if the option `partition` sets the default.
@Suite struct SlurmQueueTests {
  private static let queues = [
    ClusterQueue(name: "all.q", isDefault: true, maxCores: 8), ClusterQueue(name: "big.q", maxCores: 64),
    ClusterQueue(name: "short.q", maxRuntime: 300),
  ]

  private func cluster(_ partition: String?) throws -> FakeCluster {
    try FakeCluster(
      partition.map { ["partition": .string($0)] } ?? [:],
      controller: FakeController { $0.queues = Self.queues })
  }

  /// The core's decision from the queues that the executor has reported, and the executor's own verdict.
  private func fits(_ request: ResourceRequest, partition: String?) throws -> (core: Bool, executor: Bool) {
    let cluster = try cluster(partition)
    let queues = try #require(cluster.description).queues
    let verdict = try #require(cluster.validated(request))
    let isFitting = if case .fits = QueueChoice(request, queues: queues, fallback: []) { true } else { false }
    return (isFitting, verdict == .ok)
  }

  @Test(
    arguments: [
      (nil, 8, 9), ("big.q", 64, 65), ("short.q", 999, nil), ("all.q,big.q", 64, 65), ("new.q", 999, nil),
    ] as [(String?, Int, Int?)])
  func theLimitsAreThoseOfThePartition(partition: String?, largest: Int, tooLarge: Int?) throws {
    #expect(try fits(ResourceRequest(cores: largest), partition: partition) == (true, true))
    guard let tooLarge else { return }
    #expect(try fits(ResourceRequest(cores: tooLarge), partition: partition) == (false, false))
  }

  @Test func theQueueOfARequestOverridesThePartition() throws {
    #expect(try fits(ResourceRequest(cores: 9, queue: "all.q"), partition: "big.q") == (false, false))
    #expect(try fits(ResourceRequest(cores: 9, queue: "big.q"), partition: "all.q") == (true, true))
  }

  @Test func aRequestBeyondThePartitionGoesToAFallbackQueue() throws {
    let cluster = try cluster("short.q")
    let queues = try #require(cluster.description).queues
    let request = ResourceRequest(runtime: 600)
    var moved = request
    moved.queue = "all.q"
    #expect(QueueChoice(request, queues: queues, fallback: ["all.q"]) == .fits(moved))
    #expect(cluster.validated(moved) == .ok)
    cluster.submit(1, resources: moved)
    _ = cluster.verdict(1)
    #expect(cluster.controller.world.withLock { $0.submissions.last?.partition } == "all.q")
  }
}
