import Foundation
import Testing

extension Acceptance {
  /// A run that another program controls through a socket.
  struct ControlTests {
    private static let workflow = """
      tool: t
      workflow_args: x
      default_max_attempts: 2
      task_templates:
        a:
          command_template: "echo $JOBMON_MEMORY_BYTES >> asked.{n}; {x}"
          node_args: [n]
          op_args: [x]
          default_compute_resources: {memory: 1G, callback: size}
          default_resource_scales: {runtime: {callback: longer}}
      tasks:
        - {template: a, args: {n: 1, x: "true"}}
        - {template: a, args: {n: 2, x: "sleep 3"}}
        - {template: a, args: {n: 3, x: impossible}}
      """

    /// The controlling program, in Python. It answers by the rules of `answers` and prints what it receives.
    private static let program = """
      import json, os, socket, subprocess, sys
      ours, theirs = socket.socketpair()
      run = subprocess.Popen(sys.argv[2:] + ["--control", str(theirs.fileno())], pass_fds=[theirs.fileno()])
      theirs.close()
      mode = sys.argv[1]
      lines, answers = ours.makefile("r"), ours.makefile("w")
      for line in lines:
          message = json.loads(line)
          print(line, end="", flush=True)
          def say(object):
              answers.write(json.dumps(object) + "\\n"); answers.flush()
          if mode == "leave" and message["type"] == "started": break
          if mode == "stop" and message["type"] == "started": say({"type": "stop"})
          if message["type"] == "resolve":
              if mode == "nonsense":
                  answers.write("{]\\n"); answers.flush(); say({"type": "resolved", "id": 99, "resources": {}}); mode = "answer"
              if mode == "long":
                  answers.write("x" * 3000000 + "\\n"); answers.flush(); mode = "answer"
              if message["callback"] == "longer": say({"type": "resolved", "id": message["id"], "resources": {"runtime": 60}})
              elif "impossible" in message["arguments"]["x"]: say({"type": "resolved", "id": message["id"], "error": "no such input"})
              else: say({"type": "resolved", "id": message["id"], "resources": {"memory": "64M", "runtime": "2s"}})
      lines.close(); answers.close(); ours.close()
      sys.exit(run.wait())
      """

    private func control(_ sandbox: Sandbox, _ mode: String, _ workflow: String = ControlTests.workflow)
      throws -> Child.Finished
    {
      try sandbox.write("control.py", Self.program)
      let file = try sandbox.write("workflow.yaml", workflow)
      return try sandbox.start([
        "python3", sandbox.path("control.py"), mode, "\(Sandbox.programs)/jobmon", "run", file, "--quiet",
      ]).wait()
    }

    private func messages(_ ended: Child.Finished) throws -> [[String: Any]] {
      try ended.stdout.split(separator: "\n").filter { $0.hasPrefix("{\"") }.map {
        try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:]
      }
    }

    @Test(arguments: ["answer", "nonsense", "long"])
    func callbacksAreAnswered(mode: String) throws {
      let sandbox = try Sandbox()
      let ended = try control(sandbox, mode)
      #expect(ended.status == 1, "\(ended)")
      let said = try messages(ended)
      let types = said.compactMap { $0["type"] as? String }
      #expect(types.contains("started") && types.last == "result")
      #expect(types.count { $0 == "resolve" } == 4)
      #expect(types.count { $0 == "error" } == ["answer": 0, "nonsense": 2, "long": 1][mode])
      let result = try #require(said.last?["result"] as? [String: Any])
      #expect(result["tasks_done"] as? Int == 2 && result["tasks_fatal"] as? Int == 1)
      let failed = try #require((result["failed_tasks"] as? [[String: Any]])?.first)
      #expect((failed["reason"] as? String)?.contains("no such input") == true)
      #expect(sandbox.read("asked.1") == "\(64 << 20)\n")
      let rows = try sandbox.rows("task_status", "-t", "2")
      #expect(rows.compactMap { $0["status"] as? String } == ["RESOURCE_ERROR", "DONE"])
    }

    private static let endless = """
      tool: t
      workflow_args: x
      task_templates: {a: {command_template: "sleep 60"}}
      tasks: [{template: a}]
      """

    @Test(arguments: ["stop", "leave"])
    func aStopMessageOrAClosedSocketStopsTheRun(mode: String) throws {
      let sandbox = try Sandbox()
      let ended = try control(sandbox, mode, Self.endless)
      #expect(ended.status == 130, "\(ended)")
      #expect(try sandbox.rows("workflow_status").first?["wf_status"] as? String == "HALTED")
    }

    @Test func callbacksWithoutAControllingProgramAreRefused() throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write("workflow.yaml", Self.workflow)
      let refused = try sandbox.run("run", file)
      #expect(
        refused.status == 2 && refused.stderr.contains("'size'") && refused.stderr.contains("--control"),
        "\(refused)")
      #expect(try sandbox.run("run", file, "--control", "77").status == 2)
    }
  }
}
