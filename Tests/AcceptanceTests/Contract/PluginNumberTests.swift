import Foundation
import Testing

extension Acceptance {
  /// Plugins that send invalid numbers: neither they nor anything that they leave in the database crash the program.
  struct PluginNumberTests {
    /// As they are written in a line of JSON.
    static let values = [
      "0", "-1", "1.5", "2147483648", "4294967296", "9007199254740993", "9223372036854775807",
      "9223372036854775808",
      "-9223372036854775808", "18446744073709551616", "1e300", "-1e300", "1e308", "1e400", "1e-300", "\"12\"",
      "\"\"",
      "null", "true", "[]", "{}",
    ]

    /// Answers each task with the variant that its name describes, and then, if that was not an answer, correctly.
    /// VARIANT does the same for the message that introduces the plugin.
    private static let plugin = #"""
      #!/usr/bin/env python3
      import json, os, sys

      def put(text):
          sys.stdout.write(text + "\n")
          sys.stdout.flush()

      def say(method, **params):
          put(json.dumps({"jsonrpc": "2.0", "method": method, "params": params}))

      def odd(place, value, method, **params):
          """The message with a value that JSON in Python cannot write."""
          keys = place.split(".")
          inner = params
          for key in keys[:-1]:
              inner = inner[int(key) if key.isdigit() else key]
          inner[keys[-1]] = "@@"
          put(json.dumps({"jsonrpc": "2.0", "method": method, "params": params}).replace('"@@"', value))

      INFO = {"protocol": {"min": 1, "max": 1}, "outlives_driver": False, "max_batch": 1,
              "placement": {"by": "backend", "max_outstanding": 1000},
              "queues": [{"name": "q", "default": True, "max_cores": 64, "max_memory": 1 << 40, "max_runtime": 1000000}]}
      CORE = {"by": "core", "nodes": [{"name": "n%d" % n, "cores": 8, "memory": 1 << 34} for n in range(3)]}
      ENDED = {"cause": "exit", "code": 0, "usage": {"wall": 1.0, "cpu": 1.0, "peak_memory": 1048576}}

      def submitted(task, place, value):
          instance = task["instance"]
          kind, _, rest = place.partition(":")
          if kind == "submitted":
              odd(rest, value, "submitted", instances=[instance], verdict="deferred", after=0.1, why="busy")
          say("submitted", instances=[instance], verdict="accepted")
          if kind == "capacity":
              odd("more", value, "capacity", more=1)
              say("capacity", more=1000)
          if kind == "node":
              node = {"name": "x", "cores": 1, "memory": 1 << 30}
              odd(rest, value, "nodeUp", **node)
          if kind == "started":
              odd(rest, value, "started", instance=instance, node="n", at="2026-01-31T08:15:00.250Z")
          if kind == "usage":
              odd(rest, value, "usage", instance=instance, usage={"wall": 1.0, "cpu": 1.0, "peak_memory": 1})
          if kind == "ended":
              odd("outcome." + rest, value, "ended", instance=instance, outcome=dict(ENDED))
          if kind == "signal":
              odd("outcome.signal", value, "ended", instance=instance, outcome={"cause": "signal", "signal": 9})
          if kind == "id":
              odd(rest, value, "ended", instance=instance, outcome=dict(ENDED))
              odd("instance", value, "cancelled", instance=0, verdict="already_ended")
              put('{"jsonrpc": "2.0", "id": %s, "result": {}}' % value)
          say("ended", instance=instance, outcome=dict(ENDED))

      for line in sys.stdin:
          call = json.loads(line)
          method, params = call["method"], call.get("params", {})
          if method == "start":
              place, _, value = os.environ.get("VARIANT", "").partition("=")
              info = json.loads(json.dumps(INFO))
              if place.startswith("placement.nodes"):
                  info["placement"] = json.loads(json.dumps(CORE))
              if place:
                  odd(place, value, "info", **info)
              else:
                  say("info", **info)
          elif method == "validate":
              place, _, value = os.environ.get("COERCED", "").partition("=")
              if place:
                  verdicts = [{"verdict": "coerced", "why": "so", "resources": dict(request)} for request in params["requests"]]
                  for verdict in verdicts:
                      verdict["resources"][place] = "@@"
                  put(json.dumps({"jsonrpc": "2.0", "method": "validated", "params": {
                      "call": call["id"], "verdicts": verdicts}}).replace('"@@"', value))
              else:
                  say("validated", call=call["id"], verdicts=[{"verdict": "ok"} for _ in params["requests"]])
          elif method == "submit":
              for task in params["tasks"]:
                  place, _, value = dict(v.split("=", 1) for v in task["environment"])["JOBMON_ARG_VARIANT"].partition("=")
                  submitted(task, place, value)
          elif method == "recover":
              for batch in params["batches"]:
                  for one in batch["instances"]: say("recovered", instance=one["instance"], verdict="absent")
          elif method == "cancel":
              for instance in params["instances"]: say("cancelled", instance=instance, verdict="already_ended")
          put(json.dumps({"jsonrpc": "2.0", "id": call["id"], "result": {}}))
          if method == "stop":
              break
      """#

    private static let places = [
      "submitted:after", "capacity:more", "node:cores", "node:memory", "started:at", "started:instance",
      "usage:usage.wall",
      "usage:usage.cpu", "usage:usage.peak_memory", "ended:code", "ended:usage", "ended:usage.wall",
      "ended:usage.cpu",
      "ended:usage.peak_memory", "ended:started", "ended:ended", "signal:signal", "id:instance",
    ]

    private func world() throws -> Sandbox {
      let sandbox = try Sandbox()
      try sandbox.program("plugin", Self.plugin)
      try sandbox.write(
        "plugins.json",
        #"{"plugins": {"odd": {"command": ["./plugin"]}}, "clusters": {"odd": {"plugin": "odd"}}}"#)
      return sandbox
    }

    private func workflow(_ variants: [String], _ args: String) -> String {
      let list = variants.map { "'\($0.replacing("'", with: "''"))'" }.joined(separator: ", ")
      return """
        tool: t
        name: odd
        workflow_args: "\(args)"
        default_max_attempts: 2
        default_compute_resources: {any: {memory: 1G, runtime: 1h}}
        task_templates: {a: {command_template: "true {variant:q}", node_args: [variant]}}
        tasks: [{template: a, name: odd, for_each: {variant: [\(list)]}}]
        """
    }

    private func isSound(_ ended: Child.Finished, _ what: String, _ place: SourceLocation = #_sourceLocation)
    {
      #expect([0, 1, 2, 3, 4].contains(ended.status), "\(what): \(ended)", sourceLocation: place)
      #expect(ended.status == 0 || !ended.stderr.isEmpty, "\(what): \(ended)", sourceLocation: place)
    }

    @Test func numbersInMessagesAboutTasks() throws {
      let sandbox = try world()
      let variants = Self.places.flatMap { place in Self.values.map { "\(place)=\($0)" } }
      let file = try sandbox.write("w.yaml", workflow(variants, "1"))
      let run = try sandbox.run(
        "run", file, "-c", "odd", "--plugins", "plugins.json", "--seconds-until-timeout", "8", seconds: 60)
      isSound(run, "run")
      #expect(run.stdout.contains("of \(variants.count) done"), "\(run)")
      let done = try sandbox.rows("workflow_status", "-w", "1").first?["done"] as? Int ?? 0
      #expect(done > variants.count / 2, "\(run)")
      for command in [
        ["task_template_resources", "--template", "a"], ["task_template_resources", "--template", "a", "-n"],
        ["create_resource_yaml", "-w", "1", "-p"], ["report", "-w", "1", "-f", "report.html"],
        ["errors", "-w", "1"],
        ["explain", "-w", "1"], ["history", "-w", "1", "-l", "0"], ["watch", "-w", "1"],
        ["workflow_tasks", "-w", "1", "-l", "0"],
        ["task_status", "-t"] + (1...variants.count).map(String.init), ["db_check"],
      ] {
        let ended = try sandbox.start(["\(Sandbox.programs)/jobmon"] + command).wait()
        // The workflow is not DONE, which `watch` reports by its exit code.
        #expect(
          ended.status == 0 || command[0] == "watch" && ended.status > 0, "\(command.prefix(3)): \(ended)")
      }
      // The values of a resumed run come from the database.
      isSound(
        try sandbox.run(
          "run", file, "-c", "odd", "--plugins", "plugins.json", "--seconds-until-timeout", "3", "--resume",
          seconds: 60),
        "resume")
      // Values that an earlier version or another program has stored.
      try sandbox.shell(
        "sqlite3 jobmon.db 'UPDATE instance SET wall = 1e308, cpu = -1e300, peak = 9223372036854775807; UPDATE template_version SET runtime_mean = 1e308'"
      )
      for command in [
        ["task_template_resources", "--template", "a"], ["create_resource_yaml", "-w", "1", "-p"],
        ["report", "-w", "1", "-f", "report.html"], ["watch", "-w", "1"], ["task_status", "-t", "1"],
        ["run", file, "--workflow-args", "3", "--dry-run"],
        ["run", file, "--workflow-args", "3", "-c", "dummy"],
      ] {
        let ended = try sandbox.start(["\(Sandbox.programs)/jobmon"] + command).wait()
        // The workflow is not DONE, which `watch` reports by its exit code.
        #expect(
          ended.status == 0 || command[0] == "watch" && ended.status > 0, "\(command.prefix(3)): \(ended)")
      }
    }

    @Test func numbersInTheDescriptionOfAPlugin() throws {
      let sandbox = try world()
      let file = try sandbox.write("w.yaml", workflow(["none=0"], "1"))
      let places = [
        "max_batch", "placement.max_outstanding", "placement.nodes.0.cores", "placement.nodes.1.memory",
        "protocol.min",
        "protocol.max", "queues.0.max_cores", "queues.0.max_memory", "queues.0.max_runtime",
      ]
      // A line that is not JSON may be a stray word: the plugin then gets 30 s for another message. One such value is
      // enough.
      func variants(_ name: String, _ places: [String]) -> [(name: String, value: String)] {
        places.flatMap { place in
          Self.values.filter { $0 != "1e400" || TestScale.isSoak && place == "max_batch" }.map {
            (name: name, value: "\(place)=\($0)")
          }
        }
      }
      let all = variants("VARIANT", places) + variants("COERCED", ["cores", "memory", "runtime"])
      // `make soak` tests every value of every number.
      let step = TestScale.isSoak ? 1 : 11
      for (count, variant) in all.enumerated() where count % step == 0 {
        let run = try sandbox.run(
          "run", file, "-c", "odd", "--plugins", "plugins.json", "--seconds-until-timeout", "4",
          "--workflow-args", "\(count)",
          environment: [variant.name: variant.value], seconds: 100)
        isSound(run, variant.value)
        if run.status == 4 { #expect(run.stderr.contains("invalid"), "\(variant): \(run)") }
        let listed = try sandbox.run(
          "clusters", "--plugins", "plugins.json", environment: [variant.name: variant.value], seconds: 30)
        #expect(listed.status == 0, "\(variant): \(listed)")
      }
    }
  }
}
