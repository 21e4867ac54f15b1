import Testing

@testable import JobmonFormat
@testable import JobmonModel

@Suite("Recorded resources as a file")
struct RecordedResourcesTests {
  private var resources: RecordedResources {
    var resources = RecordedResources()
    resources.templates = [
      "work": ["slurm": ComputeResources(cores: 2, memory: 5 << 29, runtime: 90)],
      "no": ["1.10": ComputeResources(memory: 1)],
    ]
    resources.tool["slurm"] = ComputeResources(queue: "all.q", project: "p x")
    return resources
  }

  @Test("names that YAML would read as another type are quoted")
  func yaml() {
    #expect(
      resources.yaml == """
        task_template_resources:
          "no":
            "1.10":
              memory: "1B"
          work:
            slurm:
              cores: 2
              memory: "2.5G"
              runtime: "90s"
        tool_resources:
          slurm:
            project: "p x"
            queue: all.q

        """)
  }

  @Test("written resources are read back unchanged")
  func roundTrip() throws {
    let file = try FileNode.parse(resources.yaml, file: "f")
    let templates = try file.fields(["task_template_resources", "tool_resources"], of: "a file")
    let read = try Dictionary(
      uniqueKeysWithValues: templates["task_template_resources"]!.members("templates").map {
        ($0.key, try LevelReader.resourceMaps($0.value))
      })
    #expect(read == resources.templates)
    #expect(try LevelReader.resourceMaps(templates["tool_resources"]!) == resources.tool)
  }

  @Test("resources for all templates contain only values that all requests share")
  func shared() {
    var one = ResourceRequest(cores: 1, queue: "all.q")
    one.project = "p"
    var other = ResourceRequest(cores: 4, queue: "all.q")
    #expect(RecordedResources.shared(by: [one, other]) == ComputeResources(queue: "all.q"))
    other.queue = "long.q"
    #expect(RecordedResources.shared(by: [one, other]) == nil)
    #expect(RecordedResources.shared(by: []) == nil)
  }
}
