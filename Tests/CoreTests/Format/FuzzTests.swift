import Foundation
import Testing

@testable import JobmonEngine
@testable import JobmonFormat
@testable import JobmonModel
@testable import JobmonStore

/// Readers of input from users and programs, fed with invalid input. Each must return a value or a refusal, and must
/// not crash, hang or use unbounded memory.
///
/// The current input is in the file `jobmon-fuzz-<suite>` of the temporary folder: after a crash, it is the input that
/// caused the crash.
@Suite("Fuzz tests of readers", .serialized)
struct FuzzTests {
  private static let rounds: Int = {
    let environment = ProcessInfo.processInfo.environment
    guard environment["JOBMON_SOAK"] != nil else { return 1000 }
    return 1000 * (environment["JOBMON_ROUNDS"].flatMap(Int.init) ?? 200)
  }()

  private static let workflows = [
    """
    tool: my_application
    tool_version: 1.10
    name: my_workflow
    workflow_args: "a {release}"
    workflow_attributes: {release_id: 123}
    params: {release: [1, 2], out: /out}
    max_concurrently_running: 500
    on_finish: "echo done"
    default_compute_resources:
      any: {cores: 1, memory: 1G, runtime: 10m, colour: blue}
      slurm: {queue: all.q, project: proj_x}
    default_resource_scales: {memory: 0.5, runtime: [2h, 4h]}
    default_fallback_queues: {slurm: [long.q]}
    task_templates:
      process: &t
        command_template: "python process.py --location {location_id} --out {out:q} {{}}"
        node_args: [location_id]
        op_args: [out]
        max_concurrently_running: 100
        retry_exit_codes: [1, 2]
      aggregate: {command_template: "cat {out}", op_args: [out]}
    tasks:
      - template: process
        for_each: {location_id: [1, 0x2, ~, true, [1, "a"], 2024-01-01]}
        name: "process_{location_id}"
        compute_resources: {memory: 8G, runtime: 1-02:03:04}
        attributes: {a: b}
      - template: process
        for_each: {location_id: {range: [10, 20]}}
        upstream: [{template: process, where: {location_id: [1, "2"]}, optional: true}]
      - {template: aggregate, upstream: [{template: process}, {task: process_1}]}
    """,
    """
    {"tool": "t", "task_templates": {"a": {"command_template": "true {x} {y}", "node_args": ["x"], "task_args": ["y"]}},
     "tasks": [{"template": "a", "args": {"x": "\\u00e9\\ud83e\\udd86", "y": 1e5}},
               {"template": "a", "for_each": {"x": [1, 2.50], "y": ["\\n", null]}, "max_attempts": 2}]}
    """,
    """
    tool: t
    task_templates: {a: {command_template: "{x}", node_args: [x]}}
    ---
    {"template": "a", "id": "one", "args": {"x": [1, {"k": true}]}}
    {"template": "a", "id": 2, "for_each": {"x": ["b", "c"]}, "upstream_ids": ["one"]}
    {"template": "a", "args": {"x": 9}, "upstream": [{"template": "a", "where": {"x": ["b"]}}]}
    """,
  ]

  private static let tokens = [
    "{", "}", "[", "]", ":", ",", "- ", "\"", "'", "&t", "*t", "<<: *t", "!!binary ", "|", ">", "\n", "\t",
    "---", "...",
    "{{", "}}", "{x}", "{x:q}", "\0", "\u{feff}", "\u{2028}", "\\u0000", "\\ud800", "99999999999999999999",
    "-1", "0", "1e999",
    "null", "~", "true", "for_each", "range", "lines", "upstream", "template", "where", "tasks", "any",
    "memory", "P", "NaN",
    "é", "🦆", "%", "@", "`", "#", "?", "\u{1b}[31m",
  ]

  private func reads(_ name: String, _ samples: [String], _ read: (String) throws -> Void) {
    let culprit = NSTemporaryDirectory() + "/jobmon-fuzz-\(name)"
    var random = SplitMix(state: UInt64(samples.count) &* 77 &+ UInt64(name.utf8.count))
    for _ in 0..<Self.rounds {
      let text = mutated(samples, &random)
      _ = FileManager.default.createFile(atPath: culprit, contents: Data(text.utf8))
      let began = ContinuousClock.now
      do { try read(text) } catch is RunRefusal {} catch {
        Issue.record("\(error) is not a refusal: \(text)")
      }
      #expect(ContinuousClock.now - began < .seconds(20), "slow: \(text)")
    }
    try? FileManager.default.removeItem(atPath: culprit)
  }

  private func mutated(_ samples: [String], _ random: inout SplitMix) -> String {
    var bytes = Array(samples.randomElement(using: &random)!.utf8)
    for _ in 0..<Int.random(in: 1...6, using: &random) {
      let place = Int.random(in: 0...bytes.count, using: &random)
      let end = min(bytes.count, place + Int.random(in: 0...40, using: &random))
      switch Int.random(in: 0..<5, using: &random) {
      case 0: bytes.insert(contentsOf: Self.tokens.randomElement(using: &random)!.utf8, at: place)
      case 1: bytes.removeSubrange(place..<end)
      case 2: bytes.insert(contentsOf: Array(bytes[place..<end]), at: place)
      case 3 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &random)
      default:
        let other = Array(samples.randomElement(using: &random)!.utf8)
        let from = Int.random(in: 0...other.count, using: &random)
        bytes.replaceSubrange(place..<end, with: other[from..<min(other.count, from + 60)])
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test("workflow files")
  func files() {
    reads("files", Array(Self.workflows.prefix(2))) { text in
      let definition = try WorkflowFile.read(text: text, name: "fuzz", directory: "/nowhere")
      if definition.taskCount < 10_000 { try definition.validate() }
    }
  }

  @Test("JSON lines from standard input")
  func lines() throws {
    let path = NSTemporaryDirectory() + "/jobmon-fuzz-input-\(getpid())"
    defer { try? FileManager.default.removeItem(atPath: path) }
    reads("lines", [Self.workflows[2], Self.workflows[1]]) { text in
      _ = FileManager.default.createFile(atPath: path, contents: Data(text.utf8))
      let lines = try LineStream(path: path)
      let head = try HeadReader.head(of: lines)
      _ = try WorkflowFile.document(head: head, entries: lines, directory: "/nowhere", overrides: .init())
    }
  }

  @Test("JSON that the reader accepts is accepted by Foundation")
  func json() {
    reads(
      "json", [#"{"a": [1, -2.5e+3, true, null, "x\u00e9\ud83e\udd86\n"], "b": {"c": []}}"#, "[0, \"\\/\"]"]
    ) { text in
      var text = text
      let own: Bool = text.withUTF8 { (try? JSONReader.node($0)) != nil }
      let other = try? JSONSerialization.jsonObject(with: Data(text.utf8), options: [.fragmentsAllowed])
      // Foundation uses the last of two equal keys, and reads numbers that are out of range.
      if own { #expect(other != nil || text.contains("e") || text.contains("E"), "\(text)") }
    }
  }

  @Test("memory sizes and runtimes")
  func units() {
    reads("units", ["0.5G", "512 MiB", "1h30m", "1-02:03:04", "90s", "12:34", "1e3K"]) { text in
      if let bytes = MemorySize.bytes(text) {
        #expect(bytes >= 0)
        #expect(MemorySize.bytes(MemorySize.text(bytes)).map { $0 >= bytes } == true, "\(text)")
      }
      if let seconds = RuntimeSpan.seconds(text) { #expect(seconds >= 0) }
    }
  }

  @Test("control messages")
  func control() {
    reads(
      "control",
      [
        #"{"type": "resolved", "id": 1, "resources": {"memory": "4G", "runtime": "1h30m", "cores": 2}}"#,
        #"{"type": "resolved", "id": 2, "error": "no such input"}"#, #"{"type": "stop"}"#,
      ]
    ) { _ = try ControlMessage(line: Array($0.utf8)) }
  }

  @Test("configuration files")
  func configuration() throws {
    let path = NSTemporaryDirectory() + "/jobmon-fuzz-config-\(getpid())"
    defer { try? FileManager.default.removeItem(atPath: path) }
    reads(
      "config",
      ["database: {path: ~/x.db, synchronous: full}\nheartbeat: {interval: 30}\nui:\n  color: never\n"]
    ) {
      text in
      _ = FileManager.default.createFile(atPath: path, contents: Data(text.utf8))
      _ = try Configuration(file: path, environment: [:])
    }
  }

  @Test("input that expands to an excessive size is refused within 10 s")
  func bombs() {
    let head = "tool: t\ntask_templates:\n  a: {command_template: '{x}{y}{z}', node_args: [x, y, z]}\n"
    var aliases = head + "params:\n  p0: &p0 [a, a, a, a, a, a, a, a, a, a]\n"
    for level in 1..<12 {
      aliases +=
        "  p\(level): &p\(level) [\(Array(repeating: "*p\(level - 1)", count: 10).joined(separator: ", "))]\n"
    }
    let range = "{range: [1, 100000]}"
    let bombs = [
      aliases + "tasks: [{template: a}]\n",
      head + "tasks: [{template: a, for_each: {x: \(range), y: \(range), z: \(range)}}]\n",
      head + "tasks: [{template: a, for_each: {x: {range: [-9000000000000000000, 9000000000000000000]}}}]\n",
      head + "tasks: " + String(repeating: "[", count: 50_000),
    ]
    for bomb in bombs {
      let began = ContinuousClock.now
      #expect(throws: RunRefusal.self) { try WorkflowFile.read(text: bomb, name: "bomb", directory: "/") }
      #expect(ContinuousClock.now - began < .seconds(10))
    }
    var deep = String(repeating: "[", count: 100_000)
    #expect(throws: JSONReader.Fault.self) { try deep.withUTF8 { _ = try JSONReader.node($0) } }
  }
}
