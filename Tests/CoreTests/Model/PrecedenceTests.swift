import Testing

@testable import JobmonModel

/// For each key, the most specific level wins. Within a level, the cluster's name overrides its plugin's name, which
/// overrides `any`.
struct PrecedenceTests {
  private let gib: Int64 = 1 << 30

  private func resolve(_ levels: [TaskSettings], cluster: String = "night", plugin: String = "slurm")
    -> ResolvedSettings
  {
    ResolvedSettings(levels: levels, cluster: cluster, plugin: plugin)
  }

  @Test func defaults() {
    let settings = resolve([TaskSettings(), TaskSettings()])
    #expect(settings.request == ResourceRequest(cores: 1))
    #expect(settings.scales == [.memory: .factor(0.5), .runtime: .factor(0.5)])
    #expect(settings.maxAttempts == 3)
    #expect(settings.fallbackQueues == [])
  }

  @Test func aMoreSpecificLevelWinsKeyByKey() {
    let settings = resolve([
      TaskSettings(computeResources: ["any": ComputeResources(memory: 8 * gib)]),
      TaskSettings(computeResources: ["any": ComputeResources(memory: gib, runtime: 60)], maxAttempts: 7),
      TaskSettings(
        computeResources: ["any": ComputeResources(cores: 2, memory: gib, runtime: 1, queue: "q")],
        maxAttempts: 1),
    ])
    #expect(settings.request == ResourceRequest(cores: 2, memory: 8 * gib, runtime: 60, queue: "q"))
    #expect(settings.maxAttempts == 7)
  }

  @Test func clusterOverridesPluginOverridesAny() {
    let level = TaskSettings(
      computeResources: [
        "any": ComputeResources(
          cores: 1, memory: gib, queue: "any.q", project: "p", other: ["a": "any", "b": "any"]),
        "slurm": ComputeResources(memory: 2 * gib, queue: "slurm.q", other: ["b": "slurm"]),
        "night": ComputeResources(queue: "night.q"),
        "other": ComputeResources(cores: 64, memory: 64 * gib, queue: "other.q"),
      ],
      resourceScales: [
        "any": [.memory: .factor(1), .runtime: .factor(2)], "night": [.memory: .list([gib])],
      ],
      fallbackQueues: ["any": ["a"], "slurm": ["s"]])
    let night = resolve([level])
    #expect(night.request.queue == "night.q")
    #expect(night.request.memory == 2 * gib)
    #expect(night.request.project == "p")
    #expect(night.request.other == ["a": "any", "b": "slurm"])
    #expect(night.scales == [.memory: .list([gib]), .runtime: .factor(2)])
    #expect(night.fallbackQueues == ["s"])
    #expect(resolve([level], cluster: "local", plugin: "local").request.queue == "any.q")
  }

  @Test func aMoreSpecificLevelWinsEvenUnderAny() {
    let settings = resolve([
      TaskSettings(computeResources: ["any": ComputeResources(memory: 3)]),
      TaskSettings(computeResources: ["night": ComputeResources(memory: 4, runtime: 5)]),
    ])
    #expect(settings.request.memory == 3)
    #expect(settings.request.runtime == 5)
  }
}
