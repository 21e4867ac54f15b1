import Foundation
import Logging
import TestSupport
import Testing

@testable import JobmonExecution
@testable import JobmonModel

/// Every message is written by one side, checked against the schema, and read by the other side.
@Suite struct WireMessageTests {
  static let time = Timestamp(milliseconds: 1_769_847_300_250)
  static let request: ResourceRequest = {
    var request = ResourceRequest(cores: 4, memory: 3 << 30, runtime: 90, queue: "q")
    request.project = "p"
    request.constraints = "c"
    request.stdout = "/o"
    request.stderr = "/e"
    request.other = ["gpus": "2"]
    return request
  }()
  static let task: BatchTask = {
    var task = BatchTask(
      index: 3, instance: 17, name: "t", command: "echo \"ä\" \u{1F600}\n\u{1}/", node: "n",
      environment: ["A=b=c", "E="],
      stdout: "/o", stderr: "/e")
    task.attributes = ["k": "v"]
    task.waits = true
    task.places = 4
    return task
  }()
  static let context = ExecutorContext(
    cluster: "c", options: ["a": .array([.integer(1), .null, .bool(true)])],
    runUUID: "0A1B2C3D-4E5F-6071-8293-a4b5c6d7e8f9",
    workingDirectory: "/w", environment: ["A=b"], killGrace: 2.5,
    logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
  static let plain = BatchTask(
    index: 0, instance: 1, name: "u", command: "true", node: nil, environment: [], stdout: "/o", stderr: "/o")

  /// A task that starts at once, on a node with four slots for its size.
  static let placed: BatchTask = {
    var task = plain
    task.places = 4
    return task
  }()

  static let requests: [WireRequest] = [
    .start(WireStart(context, restarts: 2)), .validate([request, ResourceRequest()]), .validate([]),
    .submit(Batch(token: "x-0", template: "t", resources: request, tasks: [task, plain, placed])),
    .cancel([1, 2]), .withdraw([3]),
    .recover([
      RecoverableBatch(
        token: "x-0", resources: ResourceRequest(),
        instances: [.init(index: 0, instance: 5, handle: "77"), .init(index: 1, instance: 6, handle: nil)],
        cancel: true)
    ]),
    .acknowledge([9]), .stop(.leaveRunning), .stop(.cancelAll),
  ]

  @Test(arguments: requests.indices) func requestsAreReadAsWritten(place: Int) throws {
    let request = Self.requests[place]
    let line = try WireCall(id: 7, request: request).line()
    #expect(line.last == 10)
    #expect(!line.dropLast().contains(10))
    try JSONSchema.ofMessages().check(line, as: "host")
    let read = try WireCall(line: line)
    #expect(read.id == 7)
    #expect("\(read.request)" == "\(request)")
  }

  static let outcomes: [Outcome] =
    [
      .exit(0), .exit(3), .signal(9), .memory, .runtime, .cancelled(by: "root"), .interrupted, .nodeFailure,
      .preempted, .launchFailure, .lost("XX"),
    ].map { Outcome(cause: $0) } + [
      Outcome(cause: .launchFailure, message: "no", isPermanent: true),
      Outcome(cause: .nodeFailure, message: "full", isLogDiskFull: true),
      Outcome(
        cause: .memory, started: time, ended: time, node: "n",
        usage: ResourceUsage(wall: 1.5, cpu: 0.25, peakMemory: 1 << 40), message: "m"),
    ]

  static let events: [ExecutorEvent] =
    outcomes.map { .ended(4, $0) } + outcomes.map { .recovered(4, .ended($0)) } + [
      .info(
        ExecutorDescription(
          health: .ready,
          queues: [
            ClusterQueue(name: "a", isDefault: true, maxCores: 4, maxMemory: 1 << 33, maxRuntime: 60),
            ClusterQueue(name: "b"),
          ],
          capabilities: [
            .enforcesMemory, .enforcesRuntime, .reportsUsage, .readsWaitingReasons, .prefetches,
          ],
          maxBatch: 10, placement: .core([ClusterNode(name: "n", cores: 4, memory: 1 << 35)]),
          outlivesDriver: false)),
      .info(full), .info(.unusable("broken")),
      .submitted([1, 2], .accepted(handle: "h")), .submitted([1], .accepted(handle: nil)),
      .submitted([1], .rejected(why: "no")), .submitted([1], .deferred(after: 2.5, why: "later")),
      .submitted([1], .ambiguous(why: "timeout")), .capacity(5),
      .nodeUp(ClusterNode(name: "n", cores: 4, memory: 1 << 35)), .nodeDown("n"),
      .started(1, node: "n", at: time), .started(1, node: nil, at: time),
      .waiting([1], reason: "Priority"), .usage(1, ResourceUsage()), .usage(1, ResourceUsage(wall: 2)),
      .cancelled(1, .requested), .cancelled(1, .alreadyEnded), .cancelled(1, .failed),
      .recovered(1, .running(node: "n", started: time)), .recovered(1, .running(node: nil, started: nil)),
      .recovered(1, .pending), .recovered(1, .absent),
      .log(.debug, "d"), .log(.error, "e"), .health(.ready), .health(.unavailable("down")),
    ]

  static let full: ExecutorDescription = {
    var description = ExecutorDescription(
      maxBatch: 1, placement: .backend(maxOutstanding: 9), outlivesDriver: true, protocolVersions: 1...2)
    description.resourceKeys = ["gpus"]
    description.options = ClusterOption.Kind.allCases.map { ClusterOption("o_\($0)", $0, "an option") }
    return description
  }()

  @Test(arguments: events.indices) func eventsAreReadAsWritten(place: Int) throws {
    let line = try WireReply.notice(.event(Self.events[place])).line()
    try JSONSchema.ofMessages().check(line, as: "plugin")
    guard case .notice(.event(let read)) = try WireReply(line: line) else {
      Issue.record("read as something else")
      return
    }
    #expect(read == Self.events[place])
  }

  @Test func answersAreReadAsWritten() throws {
    let verdicts: [ResourceVerdict] = [.ok, .coerced(Self.request, why: "w"), .impossible(why: "w")]
    let validated = try WireReply.notice(.validated(call: 3, verdicts)).line()
    try JSONSchema.ofMessages().check(validated, as: "plugin")
    guard case .notice(.validated(call: 3, verdicts)) = try WireReply(line: validated) else {
      Issue.record("read as something else")
      return
    }
    let done = try WireReply.done(id: 4).line()
    #expect(String(decoding: done, as: UTF8.self).contains(#""result":{}"#))
    try JSONSchema.ofMessages().check(done, as: "plugin")
    let failed = try WireReply.failed(id: 5, WireFault(code: -32000, message: "no")).line()
    try JSONSchema.ofMessages().check(failed, as: "plugin")
    guard case .done(id: 4) = try WireReply(line: done),
      case .failed(id: 5, WireFault(code: -32000, message: "no")) = try WireReply(line: failed)
    else {
      Issue.record("read as something else")
      return
    }
  }

  /// The exact text of some messages, because other programs depend on it.
  @Test func theEncodingIsFixed() throws {
    func sorted(_ line: Data) throws -> String {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return String(
        decoding: try encoder.encode(try JSONDecoder().decode(JSONValue.self, from: line)), as: UTF8.self)
    }
    #expect(
      try sorted(WireReply.notice(.event(.ended(4, Self.outcomes.last!))).line())
        == #"{"jsonrpc":"2.0","method":"ended","params":{"instance":4,"outcome":{"cause":"memory","ended":"2026-01-31T08:15:00.250Z","message":"m","node":"n","started":"2026-01-31T08:15:00.250Z","usage":{"cpu":0.25,"peak_memory":1099511627776,"wall":1.5}}}}"#
    )
    #expect(
      try sorted(WireCall(id: 1, request: .stop(.cancelAll)).line())
        == #"{"id":1,"jsonrpc":"2.0","method":"stop","params":{"mode":"cancel_all"}}"#)
  }

  @Test(
    arguments: [
      ("x", nil, WireFault.parse, "not valid JSON"),
      (#"{"id":4,"method":"fly","params":{}}"#, 4, WireFault.unknownMethod, "there is no method 'fly'"),
      (#"{"id":4,"method":"cancel","params":{}}"#, 4, WireFault.invalidParams, "params.instances is missing"),
      (#"{"method":"cancel","params":{}}"#, nil, WireFault.invalidRequest, "id is missing"),
      ("[1, 2]", nil, WireFault.invalidRequest, "the message must be an object"),
      (
        #"{"id":4,"method":"cancel","params":{"instances":1}}"#, 4, WireFault.invalidParams,
        "params.instances must be a list"
      ),
      (
        #"{"id":4,"method":"stop","params":{"mode":1}}"#, 4, WireFault.invalidParams,
        "params.mode must be a string"
      ),
      (
        #"{"id":4,"method":"stop","params":{"mode":"now"}}"#, 4, WireFault.invalidParams,
        "params.mode: mode is 'now'; it must be one of cancel_all, leave_running"
      ),
    ] as [(String, Int?, Int, String)])
  func invalidCallsAreReportedWithCodeAndMessage(line: String, id: Int?, code: Int, message: String) {
    do {
      _ = try WireCall(line: Data(line.utf8))
      Issue.record("it was read")
    } catch {
      #expect(error.id == id)
      #expect(error.fault == WireFault(code: code, message: message))
    }
  }

  @Test func timesAreReadWithAnyNumberOfDecimals() {
    #expect(Timestamp(iso8601: Self.time.iso8601) == Self.time)
    #expect(Timestamp(iso8601: "1969-12-31T23:59:59.999Z")?.rawValue == -1)
    #expect(Timestamp(iso8601: "2024-02-29T00:00:00Z")?.iso8601 == "2024-02-29T00:00:00.000Z")
    #expect(Timestamp(iso8601: "2026-01-31T08:15:00.2504567Z") == Self.time)
    for wrong in [
      "", "2026-01-31", "2026-01-31T08:15:00+01:00", "2026-13-31T08:15:00Z", "2026-01-31T08:15:00.Z",
    ] {
      #expect(Timestamp(iso8601: wrong) == nil)
    }
  }

  @Test func linesAreSplitForAnySizeOfPieces() {
    let text = "one\n\ntwo\n" + String(repeating: "x", count: 50) + "\nthree\nhalf"
    for size in 1...text.utf8.count {
      var splitter = LineSplitter(longest: 20)
      var lines: [String] = []
      var rest = Array(text.utf8)[...]
      while !rest.isEmpty {
        Array(rest.prefix(size)).withUnsafeBytes { bytes in
          lines += splitter.take(bytes).map { String(decoding: $0, as: UTF8.self) }
        }
        rest = rest.dropFirst(size)
      }
      #expect(lines == ["one", "two", "three"])
      #expect(splitter.skipped == 1)
      #expect(splitter.unfinished == Data("half".utf8))
    }
  }

  // MARK: The protocol's page

  private static func page() throws -> [String] {
    var folder = URL(fileURLWithPath: #filePath)
    for _ in 0..<4 { folder.deleteLastPathComponent() }
    return try String(contentsOf: folder.appendingPathComponent("docs/plugin-protocol.md"), encoding: .utf8)
      .components(separatedBy: "\n")
  }

  /// Every example of a message is valid: the schema accepts it and both sides read it.
  @Test func theExamplesOfTheProtocolPageAreValid() throws {
    let lines = try Self.page()
    let schema = try JSONSchema.ofMessages()
    var methods: Set<String> = []
    var place = 0
    while place < lines.count {
      guard lines[place].hasPrefix("    "), let start = lines[place].range(of: #"{"jsonrpc":"2.0","#) else {
        place += 1
        continue
      }
      var text = String(lines[place][start.lowerBound...])
      place += 1
      // A long example continues on lines with more indentation.
      while place < lines.count, lines[place].hasPrefix("      ") {
        text += lines[place]
        place += 1
      }
      let data = Data(text.utf8)
      guard case .object(let keys) = try JSONDecoder().decode(JSONValue.self, from: data) else { continue }
      if case .string(let method)? = keys["method"] { methods.insert(method) }
      if keys["id"] != nil, keys["method"] != nil {
        try schema.check(data, as: "host")
        _ = try WireCall(line: data)
      } else {
        try schema.check(data, as: "plugin")
        _ = try WireReply(line: data)
      }
    }
    let calls = Self.requests.map(\.method)
    let notices = Self.events.map { WireNotice.event($0).method } + ["validated"]
    #expect(methods == Set(calls + notices))
  }

  /// The shortest plugin of the page runs a task.
  @Test func theShortestPluginOfThePageRunsATask() throws {
    let lines = try Self.page()
    let start = try #require(lines.firstIndex { $0.hasPrefix("    #!") })
    let code = lines[start...].prefix { $0.hasPrefix("    ") }.map { $0.dropFirst(4) }.joined(separator: "\n")
    // Python imports from the folder of a script, so the script gets its own folder.
    let folder = NSTemporaryDirectory() + "jobmon-shortest-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/plugin"
    try Data((code + "\n").utf8).write(to: URL(fileURLWithPath: path))
    let bench = try WireBench(mode: "", command: ["/usr/bin/python3", path])
    #expect(bench.journal.description()?.placement == .backend(maxOutstanding: 1))
    bench.submit()
    #expect(bench.journal.outcome(of: 1) == Outcome(cause: .exit(0)))
    bench.stop()
    #expect(bench.warnings == [])
  }
}
