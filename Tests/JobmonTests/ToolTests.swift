import Foundation
import Jobmon
import Testing

/// A folder with its own database.
final class Place {
  let path: String
  var site: Site

  init() throws {
    path = NSTemporaryDirectory() + "/jobmon-api-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    let configuration = path + "/config.yaml"
    try "engine: {backoff_first: 0.05}\n".write(toFile: configuration, atomically: true, encoding: .utf8)
    site = Site(database: path + "/jobmon.db", logs: path + "/logs", configuration: configuration)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func read(_ name: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path + "/" + name) ?? Data(), as: UTF8.self)
  }
}

@Suite("Workflows built in Swift")
struct ToolTests {
  static let yaml = """
    tool: golden
    tool_version: 2
    name: all_ways
    workflow_args: one
    max_concurrently_running: 50
    default_compute_resources: {any: {memory: 1G}, slurm: {queue: all.q}}
    task_templates:
      first:
        command_template: "true {x} {release} {out}"
        node_args: [x]
        task_args: [release]
        op_args: [out]
        default_max_attempts: 5
      second: {command_template: "echo {x:q} {y}", node_args: [x, y]}
    tasks:
      - {template: first, for_each: {x: {range: [1, 20]}}, args: {release: 1.10, out: /out}}
      - template: second
        for_each: {x: {range: [1, 20]}, y: [a]}
        upstream: [{template: first}]
        compute_resources: {cores: 1, memory: 2G}
      - template: second
        for_each: {x: [3, 4], y: [b]}
        name: "late_{x}"
        upstream: [{template: first, where: {x: "{x}"}}, {task: second_x-1_y-a}]
    """

  private func built(_ site: Site) throws -> ToolWorkflow {
    let tool = Tool(name: "golden", version: "2")
    let first = try tool.taskTemplate(
      name: "first", commandTemplate: "true {x} {release} {out}", nodeArgs: ["x"], taskArgs: ["release"],
      opArgs: ["out"], defaults: TaskSettings(maxAttempts: 5))
    let second = try tool.taskTemplate(
      name: "second", commandTemplate: "echo {x:q} {y}", nodeArgs: ["x", "y"])
    let workflow = tool.createWorkflow(
      name: "all_ways", workflowArgs: "one", maxConcurrentlyRunning: 50,
      defaults: TaskSettings(
        resources: ComputeResources(memory: 1 << 30), perCluster: ["slurm": ComputeResources(queue: "all.q")]),
      site: site)
    workflow.addTasks(
      try first.createTasks(["x": Array(1...20)], arguments: ["release": "1.10", "out": "/out"]))
    let all = try second.createTasks(
      ["x": Array(1...20), "y": ["a"]],
      settings: TaskSettings(resources: ComputeResources(cores: 1, memory: 2 << 30)))
    for task in all { task.addUpstream(try workflow.tasks(template: "first")) }
    workflow.addTasks(all)
    for x in [3, 4] {
      let task = try second.createTask(["x": "\(x)", "y": "b"], name: "late_\(x)")
      task.addUpstream(try workflow.tasks(template: "first", whereNodeArgs: ["x": [x]]))
      task.addUpstream(all[0])
      task.addUpstream(all[0])
      workflow.addTask(task)
    }
    return workflow
  }

  /// All rows that describe the workflow.
  private func rows(_ path: String) throws -> String {
    let tables = ["workflow", "array", "settings", "upstream_set", "task", "template_version"]
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/sqlite3")
    process.arguments =
      [path]
      + tables.map { table in
        table == "workflow"
          ? "SELECT tool, tool_version, name, workflow_args, settings, tool_settings, max_concurrently_running, hex(identity), hex(dag), hex(task_set), task_count FROM workflow"
          : table == "task"
            ? "SELECT id, array, upstream_set, settings, name, hex(arguments), hex(node_hash), command FROM task JOIN task_definition USING (id)"
            : table == "upstream_set"
              ? "SELECT place, hex(members) FROM upstream_set" : "SELECT * FROM \(table)"
      }.map { $0 + ";" }.reduce(into: [String]()) { $0 = [($0.first ?? "") + $1] }
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return text
  }

  @Test("YAML, JSON and Swift definitions give the same hashes and the same rows")
  func golden() throws {
    let files = try [Place(), Place()]
    let own = try Place()
    let workflow = try built(own.site)
    let yaml = try WorkflowFile.read(text: Self.yaml, name: "golden.yaml", directory: "/")
    let lines = """
      {"tool": "golden", "tool_version": 2, "name": "all_ways", "workflow_args": "one", "max_concurrently_running": 50,
       "default_compute_resources": {"any": {"memory": "1G"}, "slurm": {"queue": "all.q"}},
       "task_templates": {
         "first": {"command_template": "true {x} {release} {out}", "node_args": ["x"], "task_args": ["release"],
           "op_args": ["out"], "default_max_attempts": 5},
         "second": {"command_template": "echo {x:q} {y}", "node_args": ["x", "y"]}},
       "tasks": [
         {"template": "first", "for_each": {"x": {"range": [1, 20]}}, "args": {"release": 1.10, "out": "/out"}},
         {"template": "second", "for_each": {"x": {"range": [1, 20]}, "y": ["a"]}, "upstream": [{"template": "first"}],
          "compute_resources": {"cores": 1, "memory": "2G"}},
         {"template": "second", "args": {"x": 3, "y": "b"}, "name": "late_3",
          "upstream": [{"template": "first", "where": {"x": 3}}, {"task": "second_x-1_y-a"}]},
         {"template": "second", "args": {"x": "4", "y": "b"}, "name": "late_4",
          "upstream": [{"task": "second_x-1_y-a"}, {"template": "first", "where": {"x": "4"}}]}]}
      """
    let json = try WorkflowFile.read(text: lines, name: "golden.json", directory: "/")
    let api = try WorkflowDefinition(workflow)
    let identity = WorkflowIdentity(yaml)
    #expect(WorkflowIdentity(json) == identity && WorkflowIdentity(api) == identity)
    // Pinned: a later version of this program must find a workflow of this version again.
    #expect(identity.workflow.hex == Self.hash)
    try workflow.bind()
    let store = try rows(workflow.site.database!)
    for (place, definition) in zip(files, [yaml, json]) {
      let options = RunOptions(
        logs: "", workingDirectory: FileManager.default.currentDirectoryPath, environment: [])
      _ = try WorkflowBinder(store: try place.site.store(create: true), options: options, notice: { _ in })
        .bind(definition)
      #expect(try rows(place.site.database!) == store)
    }
    #expect(store.contains("late_4"))
  }

  static let hash = "b9a7270091f475bffb69db45cf4008495e267d9af3ae3d5e55eca626a89c3ef9"

  @Test("a workflow runs, and its results, errors and usage can be queried")
  func run() throws {
    let place = try Place()
    let tool = Tool(name: "api")
    let touch = try tool.taskTemplate(
      name: "touch", commandTemplate: "echo {n} $JOBMON_MEMORY_BYTES >> {folder}/out; test {n} -ne 3",
      nodeArgs: ["n"],
      opArgs: ["folder"])
    let workflow = tool.createWorkflow(workflowArgs: "x", site: place.site)
    let size = ResourceCallback("size") { question in
      guard let n = question.arguments["n"].flatMap(Int64.init) else { return ComputeResources() }
      return ComputeResources(memory: n << 20)
    }
    let tasks = try touch.createTasks(["n": [1, 2, 3]], arguments: ["folder": place.path], resources: size)
    tasks[1].addUpstream(tasks[0])
    tasks[2].addUpstream(tasks[1])
    workflow.addTasks(tasks)
    #expect(throws: RunRefusal.self) { try tasks[2].errors() }
    let result = try workflow.run(maxAttempts: 2)
    #expect(result.status == .error && result.tasksDone == 2 && result.tasksFatal == 1 && result.retries == 1)
    #expect(place.read("out") == "1 \(1 << 20)\n2 \(2 << 20)\n3 \(3 << 20)\n3 \(3 << 20)\n")
    #expect(try tasks[2].errors().map(\.exitCode) == [1, 1])
    #expect(try tasks[0].errors().isEmpty && tasks[0].resourceUsage()?.wall != nil)
    #expect(try workflow.errors().reduce(0) { $0 + $1.count } == 2)
    #expect(try touch.resourceUsage(nodeArgs: ["n": [1, "2"]], site: place.site)?.count == 2)
    #expect(throws: RunRefusal.self) { try workflow.run() }
    let resumed = try workflow.run(resume: true, maxAttempts: 1)
    #expect(resumed.workflowID == workflow.id && resumed.tasksPreviouslyDone == 2 && resumed.status == .error)
  }

  @Test("invalid definitions are refused as in a file")
  func refusals() throws {
    let tool = Tool(name: "api")
    func refusal(_ body: () throws -> Void) -> String {
      do { try body() } catch let refusal as RunRefusal {
        return "\(refusal.code.rawValue) \(refusal.message)"
      } catch {
        return "\(error)"
      }
      return "nothing was refused"
    }
    let template = try tool.taskTemplate(
      name: "t", commandTemplate: "true {n} {r}", nodeArgs: ["n"], taskArgs: ["r"])
    #expect(refusal { _ = try template.createTask(["n": 1]) }.contains("'r' of template 't' has no value"))
    #expect(refusal { _ = try template.createTask(["n": 1, "r": 1, "m": 2]) }.contains("did you mean 'n'?"))
    #expect(refusal { _ = try template.createTask(["n": 1, "r": 1], name: "a b") }.contains("a b"))
    #expect(refusal { _ = try tool.taskTemplate(name: "u", commandTemplate: "true {x}") }.contains("x"))
    #expect(refusal { try tool.createWorkflow().validate() }.contains("no tasks"))
    func workflow(_ tasks: ToolTask...) -> ToolWorkflow {
      let workflow = tool.createWorkflow()
      workflow.addTasks(tasks)
      return workflow
    }
    func task(_ n: Int, _ r: Int = 1) throws -> ToolTask { try template.createTask(["n": n, "r": r]) }
    let (one, two) = try (task(1), task(2))
    one.addUpstream(two)
    #expect(refusal { try workflow(one).validate() }.contains("'t_n-2', which is not in the workflow"))
    two.addUpstream(one)
    #expect(refusal { try workflow(one, two).validate() }.contains("t_n-1"))
    #expect(refusal { try workflow(try task(1), try task(1)).validate() }.hasPrefix("invalid_file"))
    #expect(refusal { try workflow(try task(1), try task(1, 2)).validate() }.contains("'r'"))
  }

  @Test(
    "argument values are converted to text",
    arguments: [
      (1 as any ArgumentValue, "1"), ("1", "1"), (1.5, "1.5"), (true, "true"), (Optional<Int>.none, ""),
      ([1, 2], "[1,2]"), (["a", "\"b\""], "[\"a\",\"\\\"b\\\"\"]"), ([[1], []], "[[1],[]]"),
      ([true, false], "[true,false]"), ([Int?.none, 3], "[null,3]"), (Float(2.5), "2.5"), (UInt8(7), "7"),
      (["", nil] as [String?], "[\"\",null]"), ([Double.infinity, 0.5], "[\"inf\",0.5]"),
    ])
  func values(value: any ArgumentValue, text: String) { #expect(value.argumentText == text) }
}
