import Foundation
import Logging

@testable import JobmonExecution
@testable import JobmonModel
@testable import JobmonStore

/// A plugin that behaves as its option `mode` says: in most modes incorrectly.
enum FakePlugin {
  static let script = #"""
    import json, os, sys
    def say(method, **params): put({"jsonrpc": "2.0", "method": method, "params": params})
    def put(message): raw(json.dumps(message) + "\n")
    def raw(text):
        sys.stdout.write(text)
        sys.stdout.flush()
    def done(instance, code=0): say("ended", instance=instance, outcome={"cause": "exit", "code": code})
    def first(mark):
        path = options["folder"] + "/" + mark
        if os.path.exists(path): return False
        open(path, "w").close()
        return True
    def note(text):
        with open(options["folder"] + "/calls", "a") as file: file.write(text + "\n")
    for line in sys.stdin:
        call = json.loads(line)
        method, params = call["method"], call["params"]
        if method == "start":
            options = params["options"]
            mode = options["mode"]
            note("start %d" % params["restarts"])
            if mode == "dies":
                sys.exit("there is no libfake here")
            if mode == "refuses":
                put({"jsonrpc": "2.0", "id": call["id"], "error": {"code": -32000, "message": "the licence is over"}})
                continue
            if mode == "never": continue
            if mode == "dies_again" and params["restarts"] > 0: sys.exit(3)
            say("info", protocol={"min": 7 if mode == "modern" else 1, "max": 9},
                max_batch=100000, capabilities=["reports_usage", "levitates"], outlives_driver=True,
                placement={"by": "backend", "max_outstanding": 100000},
                options=[{"name": "mode", "type": "text"}, {"name": "folder", "type": "text"}])
        if method == "validate":
            say("validated", call=call["id"], verdicts=[{"verdict": "ok"} for _ in params["requests"]])
        if method == "submit":
            ids = [task["instance"] for task in params["tasks"]]
            note("submit %s" % params["token"])
            if mode == "dies_in_submit" and first("died"): sys.exit(1)
            if mode == "dies_after_submit" and first("died"):
                say("submitted", instances=ids, verdict="accepted", handle="h7")
                sys.exit(1)
            if mode == "dies_again": sys.exit(3)
            if mode == "silent" and first("silent"): continue
            if mode == "fails":
                put({"jsonrpc": "2.0", "id": call["id"], "error": {"code": -32000, "message": "disk full"}})
                continue
            if mode == "garbage":
                raw("\n\nnonsense\n{\"half\": \n[1,2]\n\"\"\n{\"jsonrpc\": \"2.0\"}\n\x00\x01\n")
                raw('{"jsonrpc":"2.0","method":"log","params":{"level":"info","text":"' + "x" * 3000000 + '"}}\n')
                raw("y" * (70 << 20) + "\n")
                say("levitated", height=3)
                say("ended", instance=ids[0], outcome={"cause": "boredom"})
                for stranger in (999999, -5, 1 << 62):
                    done(stranger)
                    say("submitted", instances=[stranger], verdict="accepted")
                    say("usage", instance=stranger, usage={"wall": 1})
                    say("recovered", instance=stranger, verdict="absent")
                say("validated", call=77, verdicts=[])
                put({"jsonrpc": "2.0", "id": 12345, "result": {}})
            if mode == "flood":
                for number in range(100000): say("log", level="info", text="line %d" % number)
                for number in range(100000): sys.stderr.write("words %d\n" % number)
            if mode == "backwards":
                for id in ids:
                    done(id)
                    done(id)
                    say("started", instance=id, node="n", at="2026-01-31T08:15:00.250Z")
            if mode != "mute":
                say("submitted", instances=ids, verdict="accepted", handle="h7")
                for id in ids:
                    say("started", instance=id, node="n", at="2026-01-31T08:15:00.250Z")
                    done(id)
                    if mode == "backwards": done(id, 5)
                    say("usage", instance=id, usage={"wall": 0.5, "cpu": 0.25, "peak_memory": 1048576})
        if method == "recover":
            for batch in params["batches"]:
                for one in batch["instances"]:
                    note("recover %s %d %s %s" % (batch["token"], one["index"], one.get("handle"), batch["cancel"]))
                    if mode == "dies_in_submit": say("recovered", instance=one["instance"], verdict="absent")
                    else: say("recovered", instance=one["instance"], verdict="ended", outcome={"cause": "exit", "code": 0})
        if method == "cancel":
            for id in params["instances"]: say("cancelled", instance=id, verdict="requested")
        if method == "acknowledge": note("acknowledge %s" % params["instances"])
        put({"jsonrpc": "2.0", "id": call["id"], "result": {}})
        if method == "stop": break
    if "options" in globals(): note("end")
    """#
}

/// A started wire executor with a fake plugin in its own folder.
final class WireBench {
  let folder: String
  let journal = EventJournal()
  let executor: WireExecutor
  private var isStopped = false

  init(
    mode: String, deadlines: WireExecutor.Deadlines = WireExecutor.Deadlines(),
    options: [String: JSONValue] = [:],
    command: [String]? = nil
  ) throws {
    folder = NSTemporaryDirectory() + "jobmon-wire-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let script = folder + "/plugin.py"
    try FakePlugin.script.write(toFile: script, atomically: true, encoding: .utf8)
    executor = WireExecutor(
      plugin: "fake", command: command ?? ["/usr/bin/python3", script], deadlines: deadlines)
    var all: [String: JSONValue] = ["mode": .string(mode), "folder": .string(folder)]
    all.merge(options) { $1 }
    try executor.start(
      ExecutorContext(
        cluster: "fake", options: command == nil ? all : options, runUUID: UUID().uuidString,
        workingDirectory: folder, environment: ["PATH=/usr/bin:/bin"], killGrace: 1,
        logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })),
      events: journal)
  }

  deinit {
    stop()
    try? FileManager.default.removeItem(atPath: folder)
  }

  func stop() {
    if !isStopped { executor.stop(.leaveRunning) }
    isStopped = true
  }

  /// Submits this many tasks, numbered from 1.
  func submit(_ count: Int = 1, token: String = "run-0") {
    executor.submit(
      Batch(
        token: token, template: "t", resources: ResourceRequest(memory: 1 << 30),
        tasks: (0..<count).map { place in
          BatchTask(
            index: place, instance: TaskInstanceID(place + 1), name: "t\(place)", command: "true", node: nil,
            environment: (0..<12).map { "JOBMON_VARIABLE_\($0)=some value of task \(place)" },
            stdout: "\(folder)/o\(place)", stderr: "\(folder)/e\(place)")
        }))
  }

  /// The calls that the plugin has recorded.
  var calls: [String] {
    let text = FileManager.default.contents(atPath: folder + "/calls").map {
      String(decoding: $0, as: UTF8.self)
    }
    return (text ?? "").split(separator: "\n").map(String.init)
  }

  var warnings: [String] {
    journal.events.compactMap { if case .log(.warning, let text) = $0 { text } else { nil } }
  }

  func count(_ isMeant: (ExecutorEvent) -> Bool) -> Int { journal.events.count(where: isMeant) }
}
