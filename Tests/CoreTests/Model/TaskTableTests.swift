import Testing

@testable import JobmonModel

struct TaskTableTests {
  @Test func namesAndArgumentsAreKept() {
    var table = TaskTable()
    var random = SplitMix(state: 5)
    var kept: [(name: String, arguments: [String])] = []
    // Mix long and short texts, so that chunks end at different places.
    for index in 0..<3000 {
      let arguments = (0..<Int.random(in: 0...4, using: &random)).map { _ in
        String(
          repeating: "é\(index)", count: Int.random(in: 0...(index % 100 == 0 ? 90_000 : 20), using: &random))
      }
      kept.append(("task\(index)", arguments))
      let index = table.append(template: 0, name: "task\(index)", arguments: arguments)
      #expect(Int(index) == kept.count - 1)
    }
    #expect(table.count == kept.count)
    let wrong = kept.indices.filter {
      table.name($0) != kept[$0].name || table.arguments($0) != kept[$0].arguments
    }
    #expect(wrong.isEmpty)
  }

  @Test func settingsAreInterned() {
    let large = TaskSettings(computeResources: ["any": ComputeResources(memory: 8 << 30)])
    var table = TaskTable()
    for settings in [TaskSettings(), large, large, TaskSettings(), large, TaskSettings(maxAttempts: 5)] {
      table.append(template: 0, name: "x", arguments: [], settings: settings)
    }
    #expect(table.settingsList == [TaskSettings(), large, TaskSettings(maxAttempts: 5)])
    #expect(table.settings == [0, 1, 1, 0, 1, 2])
  }

  @Test func commandsAndAttributes() {
    var definition = Fixture.processes(["1"])
    definition.tasks.append(
      template: 0, name: "x", arguments: ["2", "1", "/o"], attributes: ["k": "v"], command: "true")
    #expect(definition.command(0) == "echo 1 1 /o")
    #expect(definition.command(1) == "true")
    #expect(definition.tasks.attributes == [1: ["k": "v"]])
  }
}
