import Testing

@testable import JobmonEngine
@testable import JobmonFormat
@testable import JobmonModel

struct IdentityTests {
  /// 200 x 200: each task of the second layer waits for all tasks of the first.
  private func allToAll(reversed: Bool = false) -> WorkflowDefinition {
    var definition = Fixture.definition([
      TaskTemplate(name: "first", commandTemplate: "echo {n}", nodeArgs: ["n"]),
      TaskTemplate(name: "second", commandTemplate: "echo {n}", nodeArgs: ["n"]),
    ])
    let numbers = reversed ? Array((0..<200).reversed()) : Array(0..<200)
    // In reversed order, the second layer comes first and each upstream task is added individually.
    for template in reversed ? [1, 0] : [0, 1] {
      for n in numbers { definition.tasks.append(template: template, name: "t\(n)", arguments: ["\(n)"]) }
    }
    let first = reversed ? Int32(200)..<400 : 0..<200
    for task in reversed ? 0..<200 : 200..<400 {
      var members: [Int32] = []
      for upstream in first.reversed() {
        members.append(upstream)
        if reversed, task % 50 == 0 { _ = definition.upstreamSets.insert(members) }
      }
      definition.tasks.setUpstreams(task, definition.upstreamSets.insert(members))
    }
    return definition
  }

  /// Pinned: if these hashes change, stored workflows are no longer found.
  @Test func hashesAreFixed() {
    let identity = WorkflowIdentity(allToAll())
    #expect(identity.dag.hex == "75d9b75b22ab4a8ab86dd16388b4e9dd503c31e8e70ec38ea42f7f7278978ac3")
    #expect(identity.taskSet.hex == "69249b2c9cff7cffde12ef5f7652d2dfe53ea6113b081174a6504d4227f92f11")
    #expect(identity.workflow.hex == "70c98dd51bfd54922b1fba485cf35b245d95eaa8a86111c86eb35979e8be5d2c")
  }

  @Test func theOrderOfTasksDoesNotChangeTheHash() {
    let one = WorkflowIdentity(allToAll())
    let other = WorkflowIdentity(allToAll(reversed: true))
    #expect(one.dag == other.dag)
    #expect(one.workflow == other.workflow)
  }

  @Test func filesGiveTheSameHash() throws {
    let yaml = """
      tool: tool
      name: flow
      workflow_args: v1
      task_templates:
        first: {command_template: "echo {n}", node_args: [n]}
        second: {command_template: "echo {n}", node_args: [n]}
      tasks:
        - {template: first, for_each: {n: {range: [0, 199]}}}
        - {template: second, for_each: {n: {range: [0, 199]}}, upstream: [{template: first}]}
      """
    let first = (0..<200).map { #"{"template": "first", "name": "f\#($0)", "args": {"n": \#($0)}}"# }
    let upstream = (0..<200).map { #"{"task": "f\#($0)"}"# }.joined(separator: ",")
    let second = (0..<200).map {
      #"{"template": "second", "args": {"n": "\#($0)"}, "upstream": [\#(upstream)]}"#
    }
    let json = """
      {"tool": "tool", "name": "flow", "workflow_args": "v1", "task_templates": {
        "first": {"command_template": "echo {n}", "node_args": ["n"]},
        "second": {"command_template": "echo {n}", "node_args": ["n"]}},
      "tasks": [\((first + second).joined(separator: ","))]}
      """
    let expected = WorkflowIdentity(allToAll())
    for (name, text) in [("w.yaml", yaml), ("w.json", json)] {
      let identity = WorkflowIdentity(try WorkflowFile.read(text: text, name: name, directory: "/"))
      #expect(identity.dag == expected.dag, "\(name)")
      #expect(identity.workflow == expected.workflow, "\(name)")
    }
  }

  /// The bytes that are hashed, written out by hand.
  @Test func fieldsAreLengthPrefixed() {
    func field(_ bytes: [UInt8]) -> [UInt8] { [0, 0, 0, 0, 0, 0, 0, UInt8(bytes.count)] + bytes }
    func hash(_ fields: [[UInt8]]) -> [UInt8] {
      let hash = SHA256()
      fields.flatMap(field).withUnsafeBytes { hash.add($0) }
      return hash.finish { Array($0) }
    }
    func utf8(_ text: String) -> [UInt8] { Array(text.utf8) }
    let definition = Fixture.processes(["7"])
    let version = hash(
      [
        "template", "tool", "1", "process", "echo {id} {release} {out}", "1", "id", "1", "release", "1",
        "out",
      ].map(utf8))
    let node = hash([utf8("node"), version, utf8("7")])
    let task = hash([utf8("task"), node, utf8("1")])
    let dag = hash([utf8("dag"), node, hash([utf8("upstreams")])])
    let tasks = hash([utf8("tasks"), task])
    let identity = WorkflowIdentity(definition)
    #expect(identity.nodes == node)
    #expect(identity.dag.bytes == dag)
    #expect(identity.taskSet.bytes == tasks)
    #expect(
      identity.workflow.bytes == hash([utf8("workflow"), utf8("tool"), utf8("1"), dag, utf8("v1"), tasks]))
  }

  private func changed(_ change: (inout WorkflowDefinition) -> Void) -> Bool {
    var other = Fixture.processes(["1", "2"])
    let before = WorkflowIdentity(other).workflow
    change(&other)
    return WorkflowIdentity(other).workflow != before
  }

  @Test func changesThatChangeTheHash() {
    #expect(changed { $0.header.tool = "other" })
    #expect(changed { $0.header.toolVersion = "2" })
    #expect(changed { $0.header.workflowArgs = "other" })
    #expect(changed { $0.templates[0].name = "other" })
    #expect(changed { $0.templates[0].commandTemplate += " " })
    #expect(changed { $0.tasks.setUpstreams(1, $0.upstreamSets.insert([0])) })
    #expect(changed { $0 = Fixture.processes(["1", "3"]) })
    #expect(changed { $0 = Fixture.processes(["1", "2"], release: "2") })
    #expect(changed { $0 = Fixture.processes(["1", "2", "3"]) })
    #expect(
      changed {
        $0.templates[0].opArgs = []
        $0.templates[0].taskArgs = ["release", "out"]
      })
  }

  @Test func changesThatKeepTheHash() {
    #expect(!changed { $0.header.name = "other" })
    #expect(!changed { $0.header.attributes = ["a": "b"] })
    #expect(!changed { $0.header.maxConcurrentlyRunning = 3 })
    #expect(!changed { $0.header.settings.maxAttempts = 9 })
    #expect(!changed { $0.templates[0].settings.maxAttempts = 9 })
    #expect(!changed { $0.templates[0].maxConcurrentlyRunning = 1 })
    #expect(
      !changed {
        $0.tasks = TaskTable()
        $0.tasks.append(template: 0, name: "b", arguments: ["2", "1", "/elsewhere"], attributes: ["a": "b"])
        $0.tasks.append(
          template: 0, name: "a", arguments: ["1", "1", "/elsewhere"], settings: TaskSettings(maxAttempts: 4))
      })
  }

  @Test func theOrderOfArgumentsInARoleDoesNotChangeTheHash() {
    func definition(_ names: [String], _ values: [String]) -> WorkflowDefinition {
      var definition = Fixture.definition([
        TaskTemplate(name: "t", commandTemplate: "{a} {b}", nodeArgs: names)
      ])
      definition.tasks.append(template: 0, name: "x", arguments: values)
      return definition
    }
    let straight = WorkflowIdentity(definition(["a", "b"], ["1", "2"]))
    #expect(straight.workflow == WorkflowIdentity(definition(["b", "a"], ["2", "1"])).workflow)
    #expect(straight.workflow != WorkflowIdentity(definition(["b", "a"], ["1", "2"])).workflow)
    #expect(
      WorkflowIdentity(definition(["a", "b"], ["1", "23"])).workflow
        != WorkflowIdentity(definition(["a", "b"], ["12", "3"])).workflow)
  }
}
