import Foundation
import JobmonCore
import Testing

@testable import DummyPlugin

/// The options of a dummy cluster.
@Suite struct DummyOptionTests {
  @Test func optionsOverrideTheScenario() throws {
    let folder = NSTemporaryDirectory() + "jobmon-dummy-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let scenario = folder + "/scenario.json"
    try Data(#"{"seed": 7, "nodes": 3, "runtime": {"uniform": ["1m", 120]}, "faults": {"exit": 0.5}}"#.utf8)
      .write(to: URL(fileURLWithPath: scenario))
    let trace = folder + "/trace.csv"
    try Data("name,seconds\na,12.5\nb,1h\n".utf8).write(to: URL(fileURLWithPath: trace))
    let options = try DummyOptions(
      [
        "scenario": .string(scenario), "nodes": .integer(5), "trace": .string(trace),
        "time": .string("virtual"),
        "memory": .string("64G"), "peak_memory": .object(["choice": .array([.string("1G"), .integer(2)])]),
      ], cluster: "d")
    #expect(options.seed == 7)
    #expect(options.nodes == 5)
    #expect(options.time == .virtual)
    #expect(options.memory == 64 << 30)
    #expect(options.runtime == .uniform(60, 120))
    #expect(options.trace == ["a": 12.5, "b": 3600])
    #expect(options.faults.exit == 0.5)
    #expect(options.peakMemory == .choice([0x1p30, 0x1p31]))
  }

  @Test(arguments: [
    (
      #"{"node": 1}"#,
      "cluster 'd' has the option 'node', which its plugin does not know; did you mean 'nodes'?"
    ),
    (#"{"nodes": 0}"#, "option 'nodes' of cluster 'd' must be a number from 1 to 1000000; it is 0"),
    (#"{"time": "fast"}"#, "option 'time' of cluster 'd' must be real or virtual"),
    (#"{"runtime": {"normal": [1]}}"#, "option 'runtime' of cluster 'd' must be a time, such as"),
    (#"{"runtime": {"uniform": [5, 1]}}"#, "option 'runtime' of cluster 'd' must be a time, such as"),
    (#"{"late": -1}"#, "option 'late' of cluster 'd' must be a time, such as"),
    (#"{"faults": {"exit": 2}}"#, "option 'faults.exit' of cluster 'd' must be a probability from 0 to 1"),
    (
      #"{"faults": {"exits": 0.1}}"#,
      "cluster 'd' has the option 'faults.exits', which its plugin does not know; did you mean 'faults.exit'?"
    ),
    (
      #"{"scenario": "/no/such"}"#,
      "option 'scenario' of cluster 'd' must be the path of a JSON file; /no/such cannot be read"
    ),
  ])
  func invalidOptionsAreRefused(json: String, sentence: String) throws {
    let options = try JSONDecoder().decode([String: JSONValue].self, from: Data(json.utf8))
    #expect { _ = try DummyOptions(options, cluster: "d") } throws: { "\($0)".hasPrefix(sentence) }
  }

  @Test func distributionsHaveTheExpectedMeans() throws {
    func mean(_ json: String) throws -> Double {
      let value = try JSONDecoder().decode(JSONValue.self, from: Data(json.utf8))
      let distribution = try #require(Distribution(value, figure: \.duration))
      var random = Randomness(seed: 5)
      return (0..<20_000).reduce(0) { sum, _ in sum + distribution.draw(&random) } / 20_000
    }
    for (json, expected) in [
      ("30", 30.0), (#"{"uniform": [10, 20]}"#, 15), (#"{"exponential": "1m"}"#, 60),
      (#"{"normal": [100, 10]}"#, 100), (#"{"choice": [1, 1, 4]}"#, 2),
      (#"{"lognormal": [10, 0.5]}"#, 10 * exp(0.125)),
    ] {
      let found = try mean(json)
      #expect(abs(found / expected - 1) < 0.03, "\(json): \(found)")
    }
  }

  @Test func settingsOfATaskOverrideOptions() {
    var options = DummyOptions()
    options.runtime = .constant(1)
    options.runtimes = ["t": .constant(2)]
    options.trace = ["n": 3]
    func runtime(_ name: String, template: String = "t", command: String = "x", attribute: String? = nil)
      -> Int64
    {
      var task = BatchTask(
        index: 0, instance: 1, name: name, command: command, node: nil, environment: [], stdout: "",
        stderr: "")
      if let attribute { task.attributes = ["simulated_runtime": attribute] }
      var random = Randomness(seed: 1)
      return JobFate(task, template: template, request: ResourceRequest(), options: options, &random).runtime
    }
    #expect(runtime("m", template: "u") == 1000)
    #expect(runtime("m") == 2000)
    #expect(runtime("n") == 3000)
    #expect(runtime("n", attribute: "1m") == 60_000)
    #expect(runtime("m", command: "sleep 0.25") == 2000)
    options.readsCommands = true
    #expect(runtime("m", command: "sleep 0.25") == 250)
  }

  @Test func jobsEndAtTheirLimits() throws {
    var options = DummyOptions()
    options.runtime = .constant(100)
    options.peakMemory = .constant(0x1p31)
    func cause(_ request: ResourceRequest) -> Outcome? {
      var cluster = SimulatedCluster(options, now: Instant(monotonic: 0, wall: Timestamp(milliseconds: 0)))
      let task = BatchTask(
        index: 0, instance: 1, name: "n", command: "x", node: "dummy", environment: [], stdout: "", stderr: ""
      )
      cluster.submit(Batch(token: "t-0", template: "t", resources: request, tasks: [task]))
      return cluster.advance(to: 200_000).compactMap { if case .ended(1, let end) = $0 { end } else { nil } }
        .first
    }
    #expect(cause(ResourceRequest(memory: 1 << 30))?.cause == .memory)
    #expect(cause(ResourceRequest(memory: 1 << 32))?.cause == .exit(0))
    #expect(cause(ResourceRequest(runtime: 50))?.cause == .runtime)
    #expect(cause(ResourceRequest(runtime: 50))?.usage?.wall == 50)
    #expect(cause(ResourceRequest())?.usage == ResourceUsage(wall: 100, cpu: 100, peakMemory: 1 << 31))
  }
}
