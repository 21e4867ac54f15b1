import Testing

@testable import JobmonModel

/// The messages for everything that can be wrong in a definition itself.
struct ValidationTests {
  private func sentence(_ definition: WorkflowDefinition) -> String? {
    do {
      try definition.validate()
      return nil
    } catch let refusal as RunRefusal {
      return refusal.code == .invalidFile ? refusal.message : "\(refusal.code): \(refusal.message)"
    } catch {
      return "another error: \(error)"
    }
  }

  private func sentence(_ template: TaskTemplate) -> String? {
    var definition = Fixture.definition([template])
    definition.tasks.append(
      template: 0, name: "x", arguments: template.arguments.map { _ in "1" })
    return sentence(definition)
  }

  @Test func aValidDefinitionPasses() {
    var definition = Fixture.processes(["1", "2"])
    let both = definition.upstreamSets.insert([0, 1])
    definition.tasks.append(template: 1, name: "merge", arguments: ["/o"], upstreams: both)
    #expect(sentence(definition) == nil)
  }

  @Test func noTasks() {
    #expect(sentence(Fixture.definition()) == "the workflow 'flow' has no tasks; it needs at least one")
  }

  @Test func names() {
    var definition = Fixture.processes(["1"])
    definition.header.name = "a/b"
    #expect(sentence(definition) == "the name of the workflow 'a/b' contains a /")
    definition = Fixture.processes([])
    definition.tasks.append(template: 0, name: "a b", arguments: ["1", "2", "3"])
    #expect(
      sentence(definition)
        == #"the task name 'a b' contains ' '; blanks, control characters and / \ ' " are not allowed"#)
    definition = Fixture.processes([])
    definition.tasks.append(template: 0, name: "", arguments: ["1", "2", "3"])
    #expect(sentence(definition) == "a task of template 'process' has an empty name")
    definition = Fixture.definition([Fixture.process, Fixture.process])
    definition.tasks.append(template: 0, name: "x", arguments: ["1", "2", "3"])
    #expect(
      sentence(definition) == "two templates are named 'process'; template names must be unique in a workflow"
    )
  }

  @Test func arguments() {
    var definition = Fixture.processes([])
    definition.tasks.append(template: 0, name: "x", arguments: ["1", "2"])
    #expect(
      sentence(definition)
        == "task 'x' has 2 argument values; template 'process' has 3 arguments: id, release, out")
    definition = Fixture.processes([])
    definition.tasks.append(template: 0, name: "x", arguments: ["1\u{0}2", "2", "3"])
    #expect(
      sentence(definition)
        == "task 'x': the value of 'id' contains a NUL byte, which cannot be passed to a command")
    definition = Fixture.processes([])
    definition.tasks.append(template: 0, name: "x", arguments: ["1", "a\u{0}", "3"])
    #expect(
      sentence(definition)
        == "task 'x': the value of 'release' contains a NUL byte, which cannot be passed to a command")
    definition = Fixture.processes([])
    definition.tasks.append(template: 0, name: "x", arguments: ["1", "2", "3"], command: "a\u{0}")
    #expect(sentence(definition) == "task 'x': its command contains a NUL byte")
  }

  @Test func longWords() {
    var definition = Fixture.processes([])
    definition.tasks.append(
      template: 0, name: "x", arguments: ["1", "2", String(repeating: "y", count: 131_071)])
    #expect(sentence(definition) == nil)
    definition = Fixture.processes([])
    definition.tasks.append(
      template: 0, name: "x", arguments: ["1", "2", String(repeating: "y", count: 131_072)])
    #expect(
      sentence(definition)
        == "task 'x': its command has a word of 131072 bytes; Linux allows 131071: pass the text in a file")
    definition = Fixture.processes([])
    definition.tasks.append(
      template: 0, name: "x", arguments: ["1", "2", String(repeating: "word ", count: 100_000)])
    #expect(sentence(definition) == nil)
  }

  @Test func repeatedTasks() {
    var definition = Fixture.processes(["1", "2"])
    definition.tasks.append(template: 0, name: "again", arguments: ["1", "1", "/other"])
    #expect(sentence(definition) == "template 'process' with id=1 is in the workflow twice: 'p1' and 'again'")
    definition = Fixture.processes(["1", "2"])
    definition.tasks.append(template: 0, name: "again", arguments: ["1", "2", "/o"])
    #expect(
      sentence(definition)
        == "template 'process' with id=1 is in the workflow twice with different task_args: 'p1' and 'again' have "
        + "release=1 and release=2; node_args identify a task, so declare 'release' in node_args")
    definition = Fixture.definition()
    definition.tasks.append(template: 1, name: "a", arguments: ["/1"])
    definition.tasks.append(template: 1, name: "b", arguments: ["/2"])
    #expect(
      sentence(definition)
        == "template 'merge' has no node_args, so it can have only one task per workflow, but it has 'a' and 'b': "
        + "declare 'out' in node_args")
  }

  @Test func nodesAreComparedFieldByField() {
    var definition = Fixture.definition([
      TaskTemplate(name: "t", commandTemplate: "{a}{b}", nodeArgs: ["a", "b"])
    ])
    definition.tasks.append(template: 0, name: "x", arguments: ["1", "23"])
    definition.tasks.append(template: 0, name: "x", arguments: ["12", "3"])
    #expect(sentence(definition) == nil)
  }

  @Test func theFirstOfManyRepeatedTasksIsReported() {
    var definition = Fixture.processes((0..<1000).map(String.init))
    for id in (0..<500).reversed() {
      definition.tasks.append(template: 0, name: "again\(id)", arguments: ["\(id)", "1", "/o"])
    }
    #expect(
      sentence(definition) == "template 'process' with id=499 is in the workflow twice: 'p499' and 'again499'"
    )
  }

  @Test func upstreams() {
    var definition = Fixture.processes(["1", "2", "3"])
    definition.tasks.setUpstreams(0, definition.upstreamSets.insert([7]))
    #expect(
      sentence(definition)
        == "task 'p1' waits for a task that is not in the workflow; add that task, or remove it from the upstream tasks"
    )
    definition = Fixture.processes(["1", "2", "3"])
    definition.tasks.setUpstreams(0, definition.upstreamSets.insert([0]))
    #expect(sentence(definition) == "the tasks form a cycle: 'p1' -> 'p1'")
    definition = Fixture.processes(["1", "2", "3"])
    definition.tasks.setUpstreams(1, definition.upstreamSets.insert([2]))
    definition.tasks.setUpstreams(2, definition.upstreamSets.insert([0, 1]))
    #expect(sentence(definition) == "the tasks form a cycle: 'p3' -> 'p2' -> 'p3'")
  }

  @Test func aLongCycleIsAbbreviated() {
    var definition = Fixture.processes((0..<100).map(String.init))
    for task in 0..<100 {
      definition.tasks.setUpstreams(task, definition.upstreamSets.insert([Int32((task + 99) % 100)]))
    }
    #expect(
      sentence(definition)
        == "the tasks form a cycle: 'p1' -> 'p2' -> 'p3' -> 'p4' -> 'p5' -> 'p6' -> … (88 more) -> "
        + "'p95' -> 'p96' -> 'p97' -> 'p98' -> 'p99' -> 'p0' -> 'p1'")
  }

  @Test func templates() {
    func template(_ command: String, node: [String] = [], task: [String] = [], op: [String] = [])
      -> TaskTemplate
    {
      TaskTemplate(name: "t", commandTemplate: command, nodeArgs: node, taskArgs: task, opArgs: op)
    }
    #expect(sentence(template("")) == "template 't': its command_template is empty")
    #expect(sentence(template("a\u{0}")) == "template 't': its command_template contains a NUL byte")
    #expect(
      sentence(template("{location}", node: ["locations"]))
        == "template 't': '{location}' is used in the command but not declared in node_args, task_args or op_args; "
        + "did you mean '{locations}'?")
    #expect(
      sentence(template("{a}", node: ["a"], op: ["a"]))
        == "template 't': argument 'a' is declared in node_args and in op_args; an argument has one role")
    #expect(
      sentence(template("{a}", node: ["a", "a"]))
        == "template 't': argument 'a' is declared in node_args twice")
    #expect(
      sentence(template("{a}", node: ["a", "A"])) == "template 't': arguments 'a' and 'A' differ by case only"
    )
    #expect(
      sentence(template("x", node: ["1a"]))
        == "template 't': '1a' is not a valid argument name: use letters, digits and _, not beginning with a digit"
    )
    #expect(sentence(template("x", node: ["unused"])) == nil)
  }

  @Test func settings() {
    var template = Fixture.merge
    template.retryExitCodes = [1, 256]
    #expect(
      sentence(template) == "template 'merge': retry_exit_codes is 256: it must be exit codes from 1 to 255")
    template = Fixture.merge
    template.settings.maxAttempts = 0
    #expect(sentence(template) == "template 'merge': max_attempts is 0: it must be 1 or more")
    var definition = Fixture.processes(["1"])
    definition.tasks.append(
      template: 0, name: "x", arguments: ["2", "1", "/o"],
      settings: TaskSettings(computeResources: ["any": ComputeResources(cores: 0)]))
    #expect(sentence(definition) == "task 'x': cores is 0: it must be 1 or more")
    definition = Fixture.processes(["1"])
    definition.header.settings.resourceScales = ["any": [.memory: .factor(-0.5)]]
    #expect(sentence(definition) == "the workflow: the scale of memory is -0.5: it must be 0 or more")
    definition = Fixture.processes(["1"])
    definition.header.maxConcurrentlyRunning = -1
    #expect(
      sentence(definition) == "the workflow: max_concurrently_running is -1: it must be 0 (pause) or more")
  }
}
