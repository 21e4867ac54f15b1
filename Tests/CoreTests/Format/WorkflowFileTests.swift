import Testing

@testable import JobmonFormat
@testable import JobmonModel

@Suite("Workflow files")
struct WorkflowFileTests {
  private static let head = """
    tool: t
    name: n
    workflow_args: v1
    task_templates:
      one:
        command_template: "run {x} --out {dir}"
        node_args: [x]
        op_args: [dir]
      two:
        command_template: "sum {dir}"
        op_args: [dir]

    """

  private func read(_ tasks: String, _ more: String = "", set: [String: String] = [:]) throws
    -> WorkflowDefinition
  {
    try WorkflowFile.read(
      text: Self.head + more + "tasks:\n" + tasks, name: "w.yaml", directory: "/tmp",
      overrides: WorkflowFile.Overrides(set: set))
  }

  private func refusal(_ tasks: String, _ more: String = "") throws -> RunRefusal {
    try #require(throws: RunRefusal.self) { _ = try read(tasks, more) }
  }

  @Test("for_each, names, resources, scales and upstream by template are read")
  func whole() throws {
    let definition = try read(
      """
        - template: one
          for_each: {x: [1, 2, 3]}
          args: {dir: /out}
          name: "one_{x}"
          compute_resources: {memory: 8G, runtime: 1h30m, cores: 2}
          resource_scales: {memory: 0.5, runtime: [2h, 4h]}
          max_attempts: 5
        - {template: two, args: {dir: /out}, upstream: [{template: one}]}

      """)
    #expect(definition.taskCount == 4)
    #expect((0..<4).map(definition.tasks.name) == ["one_1", "one_2", "one_3", "two"])
    #expect(definition.command(1) == "run 2 --out /out")
    #expect(Array(definition.upstreamSets[definition.tasks.upstreams[3]]) == [0, 1, 2])
    let settled = ResolvedSettings(levels: definition.levels(0), cluster: "local", plugin: "local")
    #expect(settled.request.memory == 8 << 30)
    #expect(settled.request.runtime == 5400)
    #expect(settled.request.cores == 2)
    #expect(settled.scales == [.memory: .factor(0.5), .runtime: .list([7200, 14400])])
    #expect(settled.maxAttempts == 5)
    #expect(definition.header.workflowArgs == "v1")
  }

  @Test("JSON is read like YAML and gives the same identity")
  func json() throws {
    let yaml = try read("  - {template: one, for_each: {x: {range: [1, 3]}}, args: {dir: d}}\n")
    let json = try WorkflowFile.read(
      text: """
        {"tool": "t", "name": "other", "workflow_args": "v1", "task_templates": {
          "one": {"command_template": "run {x} --out {dir}", "node_args": ["x"], "op_args": ["dir"]},
          "two": {"command_template": "sum {dir}", "op_args": ["dir"]}},
         "tasks": [{"template": "one", "for_each": {"x": ["3", 1, 2]}, "args": {"dir": "elsewhere \\ud83d\\ude00"}}]}
        """, name: "w.json", directory: "/")
    #expect(WorkflowIdentity(json).workflow == WorkflowIdentity(yaml).workflow)
    #expect(json.tasks.arguments(0)[1] == "elsewhere 😀")
  }

  @Test(
    "argument values are text, exactly as they are written",
    arguments: [
      ("1.10", "1.10"), ("012", "012"), ("no", "no"), ("2024-01-01", "2024-01-01"),
      ("12345678901234567890", "12345678901234567890"), ("true", "true"), ("null", ""), ("~", "~"),
      ("\"null\"", "null"),
      ("[1, a, 2.50, true]", "[1,\"a\",2.50,true]"), ("0x1F", "0x1F"), ("\" a b \"", " a b "),
      ("'it''s'", "it's"),
      ("1e3", "1e3"), ("'{{}}'", "{}"),
    ])
  func text(written: String, value: String) throws {
    let definition = try read("  - {template: one, args: {x: \(written), dir: d}}\n")
    #expect(definition.tasks.arguments(0)[0] == value)
  }

  @Test("where selects upstream tasks by argument values, also by values of the entry itself")
  func whereClause() throws {
    let definition = try read(
      """
        - {template: one, for_each: {x: [a, b]}, args: {dir: "d_{x}"}}
        - {template: two2, for_each: {y: [a, b]}, upstream: [{template: one, where: {x: "{y}"}}]}
        - {template: two, args: {dir: z}, upstream: [{template: one, where: {x: [q]}, optional: true}, {task: two2_y-b}]}

      """,
      """
        two2: {command_template: "t {y}", node_args: [y]}

      """.replacing("    ", with: "  "))
    #expect((0..<2).map { definition.tasks.arguments($0)[1] } == ["d_a", "d_b"])
    #expect(Array(definition.upstreamSets[definition.tasks.upstreams[2]]) == [0])
    #expect(Array(definition.upstreamSets[definition.tasks.upstreams[3]]) == [1])
  }

  @Test("params fill arguments that an entry omits, and --set overrides them")
  func params() throws {
    let tasks = "  - {template: one, for_each: {x: [1]}, name: 'n_{dir}_{x}'}\n"
    let more = "params: {dir: base}\n"
    #expect(try read(tasks, more).command(0) == "run 1 --out base")
    let set = try read(tasks, more, set: ["dir": "other"])
    #expect(set.command(0) == "run 1 --out other")
    #expect(set.tasks.name(0) == "n_other_1")
    let unknown = try #require(throws: RunRefusal.self) { _ = try read(tasks, more, set: ["dri": "x"]) }
    #expect(unknown.code == .invalidUsage)
    #expect(unknown.message.contains("did you mean 'dir'?"))
  }

  @Test(
    "faults are reported with line, column and advice",
    arguments: [
      ("  - {templat: one}\n", "an entry of tasks has no key 'templat'; did you mean 'template'?"),
      ("  - {template: oen}\n", "there is no template 'oen'; did you mean 'one'?"),
      ("  - {template: one, args: {x: 1}}\n", "the argument 'dir' of template 'one' has no value"),
      ("  - {template: one, args: {x: 1, dir: d, z: 2}}\n", "template 'one' has no argument 'z'"),
      (
        "  - {template: one, args: {x: 1, dir: '{y}'}}\n",
        "'{y}' is neither an argument of this entry nor a parameter"
      ),
      ("  - {template: one, args: {x: 1, dir: d}, upstream: [{task: nope}]}\n", "there is no task 'nope'"),
      (
        "  - {template: one, args: {x: 1, dir: d}, upstream: [{template: two}]}\n",
        "no task of template 'two' matches"
      ),
      (
        "  - {template: one, args: {x: 1, dir: d}, compute_resources: {memory: 8Q}}\n",
        "'8Q' is not a valid memory size"
      ),
      (
        "  - {template: one, args: {x: 1, dir: d}, compute_resources: {runtime: soon}}\n",
        "'soon' is not a valid run time"
      ),
      ("  - {template: one, args: {x: 1, dir: d}, max_attempts: 0}\n", "0 is less than 1"),
      ("  - {template: one, for_each: {x: {range: [5, 1]}}, args: {dir: d}}\n", "first <= last"),
      ("  - {template: one, template: one}\n", "given twice"),
    ])
  func faults(tasks: String, message: String) throws {
    let refusal = try refusal(tasks)
    #expect(refusal.code == .invalidFile)
    #expect(refusal.message.contains(message), "\(refusal)")
    #expect(refusal.file == "w.yaml")
    #expect((refusal.line ?? 0) >= 13, "\(refusal)")
    #expect(refusal.column != nil)
  }

  @Test("text that is not a valid workflow file is refused with its place")
  func noYAML() throws {
    let refusal = try #require(throws: RunRefusal.self) {
      _ = try WorkflowFile.read(text: "tool: [\nname: x", name: "bad.yaml", directory: "/")
    }
    #expect(refusal.code == .invalidFile)
    #expect(refusal.line != nil)
    for empty in ["", "\n", "# nothing\n", "just text", "- a\n- b\n"] {
      #expect(throws: RunRefusal.self) { _ = try WorkflowFile.read(text: empty, name: "e", directory: "/") }
    }
  }

  @Test("arbitrary text is read or refused, and never causes a crash")
  func garbage() throws {
    let pieces = [
      "tool: t\n", "{", "}", "[", "]", ":", "- ", "\"", "'", "\u{0}", "&a ", "*a ", "!!x ", "tasks:", "\t",
      "😀", "|", ">\n", "1e999", "{{", "\\u",
    ]
    var seed: UInt64 = 42
    for _ in 0..<3000 {
      var text = ""
      for _ in 0..<Int(seed % 12 + 1) {
        seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        text += pieces[Int(seed >> 33) % pieces.count]
      }
      do { _ = try WorkflowFile.read(text: text, name: "g", directory: "/") } catch is RunRefusal {}
    }
  }

  @Test("CSV records keep their line numbers and quoted fields")
  func csv() throws {
    let records = try CSV.records("a,b\r\n1,\"x, \"\"y\"\"\"\r\n\r\n2,\n")
    #expect(records.map(\.line) == [1, 2, 4])
    #expect(records.map(\.fields) == [["a", "b"], ["1", "x, \"y\""], ["2", ""]])
    #expect(throws: WorkflowFileFault.openQuote) { try CSV.records("a\n\"b") }
  }
}
