import JobmonCore
import Testing

@testable import LocalPlugin

/// The options of a local cluster, and its verdicts on requests.
@Suite struct OptionTests {
  static let node = ClusterNode(name: "here", cores: 4, memory: 8 << 30)

  @Test func optionsAreRead() throws {
    let options = try LocalOptions(
      [
        "slots": .integer(3), "memory": .string("1.5G"), "oversubscribe": .bool(true),
        "cgroups": .bool(false), "memory_kill_is_failure": .bool(false),
        "queues": .array([
          .object([
            "name": .string("short.q"), "max_cores": .integer(2), "max_memory": .integer(4),
            "max_runtime": .string("90s"), "default": .bool(true),
          ]), .object(["name": .string("long.q")]),
        ]),
      ], cluster: "c")
    #expect(options.slots == 3)
    #expect(options.memory == 3 << 29)
    #expect(options.oversubscribe && !options.usesControlGroups && !options.memoryKillIsFailure)
    #expect(
      options.queues == [
        ClusterQueue(name: "short.q", isDefault: true, maxCores: 2, maxMemory: 4 << 30, maxRuntime: 90),
        ClusterQueue(name: "long.q"),
      ])
    #expect(try LocalOptions(["slots": .string("cores")], cluster: "c").slots == nil)
  }

  @Test(arguments: [
    (
      "slots", JSONValue.integer(0),
      #"option 'slots' of cluster 'c' must be a number of cores from 1 to 1000000, or "cores"; it is 0"#
    ),
    (
      "memory", .string("lots"),
      #"option 'memory' of cluster 'c' must be a size, such as "16G", and less than 4096P; it is "lots""#
    ),
    (
      "oversubscribe", .string("yes"),
      "option 'oversubscribe' of cluster 'c' must be true or false; it is \"yes\""
    ),
    (
      "slot", .integer(1),
      "cluster 'c' has the option 'slot', which its plugin does not know; did you mean 'slots'? "
        + "(options: cgroups, memory, memory_kill_is_failure, oversubscribe, queues, share_machine, slots)"
    ),
  ])
  func invalidOptionsAreRefused(key: String, value: JSONValue, sentence: String) {
    #expect { try LocalOptions([key: value], cluster: "c") } throws: { "\($0)" == sentence }
  }

  @Test func verdictsOnRequests() throws {
    let options = try LocalOptions([:], cluster: "c")
    #expect(options.verdict(on: ResourceRequest(cores: 4, memory: 8 << 30), node: Self.node) == .ok)
    #expect(
      options.verdict(on: ResourceRequest(cores: 9), node: Self.node)
        == .coerced(ResourceRequest(cores: 4), why: "requests 9 cores, here has 4"))
    let large = ResourceRequest(memory: 9 << 30)
    #expect(
      options.verdict(on: large, node: Self.node)
        == .impossible(
          why: "requests 9 GiB of memory, here has 8 GiB; the option oversubscribe allows it"))
    #expect(options.verdict(on: ResourceRequest(queue: "any.q"), node: Self.node) == .ok)
    let wide = try LocalOptions(["oversubscribe": .bool(true)], cluster: "c")
    #expect(
      wide.verdict(on: large, node: Self.node)
        == .coerced(ResourceRequest(memory: 8 << 30), why: "requests 9 GiB of memory, here has 8 GiB"))
  }

  @Test func anUnknownQueueIsImpossible() throws {
    let options = try LocalOptions(["queues": .array([.object(["name": .string("a.q")])])], cluster: "c")
    #expect(
      options.verdict(on: ResourceRequest(queue: "b.q"), node: Self.node)
        == .impossible(why: "there is no queue 'b.q'; the queues are a.q"))
    #expect(options.verdict(on: ResourceRequest(queue: "a.q"), node: Self.node) == .ok)
  }

  @Test func machineResourcesFollowTheSlurmAllocation() {
    let machine = MachineResources.here(environment: ["SLURM_CPUS_PER_TASK=1"])
    #expect(machine.cores == 1)
    #expect(machine.memory > 0 && !machine.name.isEmpty)
  }
}
