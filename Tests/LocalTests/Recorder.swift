import Foundation
import JobmonCore
import Logging
import Synchronization

@testable import LocalPlugin

/// Records the events of an executor, and lets a test wait for them.
final class Recorder: ExecutorEventSink {
  private let condition = NSCondition()
  nonisolated(unsafe) private var received: [ExecutorEvent] = []

  func post(_ events: [ExecutorEvent]) {
    condition.lock()
    received += events
    condition.broadcast()
    condition.unlock()
  }

  var events: [ExecutorEvent] {
    condition.lock()
    defer { condition.unlock() }
    return received
  }

  /// The first result that `pick` returns for the events; nil after 30 s.
  func wait<Answer>(_ pick: ([ExecutorEvent]) -> Answer?) -> Answer? {
    let end = Date(timeIntervalSinceNow: 30)
    condition.lock()
    defer { condition.unlock() }
    while true {
      if let answer = pick(received) { return answer }
      if !condition.wait(until: end) { return nil }
    }
  }

  func outcome(_ instance: TaskInstanceID) -> Outcome? {
    wait { events in
      events.lazy.compactMap { if case .ended(instance, let outcome) = $0 { outcome } else { nil } }.first
    }
  }

  func started(_ instance: TaskInstanceID) -> Bool {
    wait { events in
      events.contains { if case .started(instance, _, _) = $0 { true } else { false } } ? true : nil
    }
      ?? false
  }
}

/// A started local executor with its own folder. Both are removed at the end of the test.
final class Bench {
  let folder: String
  let recorder = Recorder()
  let executor = LocalExecutor()
  let context: ExecutorContext
  private var isStopped = false
  private var batches = 0

  init(
    options: [String: JSONValue] = ["slots": .integer(8)], grace: Double = 5, directory: String? = nil,
    environment: [String] = ["PATH=/usr/bin:/bin"], uuid: UUID = UUID()
  ) throws {
    folder = NSTemporaryDirectory() + "jobmon-local-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    context = ExecutorContext(
      cluster: "local", options: options, runUUID: uuid.uuidString.lowercased(),
      workingDirectory: directory ?? folder, environment: environment, killGrace: grace,
      logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    try executor.start(context, events: recorder)
  }

  deinit {
    stop()
    try? FileManager.default.removeItem(atPath: folder)
  }

  func stop() {
    if !isStopped { executor.stop(.cancelAll) }
    isStopped = true
  }

  /// The worker's process id; 0 if there is none now.
  var worker: pid_t { executor.state.withLock { $0.link?.process ?? 0 } }

  /// Kills the worker. Does nothing if there is none: to the kernel, process 0 means the caller's whole group.
  func killWorker() {
    let worker = self.worker
    if worker > 0 { kill(worker, SIGKILL) }
  }

  /// Submits one command as instance `instance`; returns its token.
  @discardableResult
  func submit(
    _ command: String, instance: TaskInstanceID = 1, memory: Int64? = nil, runtime: Int64? = nil,
    environment: [String] = [], oneFile: Bool = false, logs: String? = nil
  ) -> String {
    let resources = ResourceRequest(memory: memory, runtime: runtime)
    return submit(resources) { token in
      [
        task(
          command, instance: instance, token: "\(token).0", logs: logs ?? folder + "/logs",
          environment: environment, oneFile: oneFile)
      ]
    }
  }

  /// Submits these commands together, as instances 1, 2 and so on. Each waits until fewer than `places` of them run.
  func submit(_ commands: [String], places: Int) {
    submit(ResourceRequest()) { token in
      commands.enumerated().map { index, command in
        var task = task(
          command, index: index, instance: TaskInstanceID(index + 1), token: "\(token).\(index)",
          logs: folder + "/logs")
        task.waits = true
        task.places = places
        return task
      }
    }
  }

  @discardableResult
  private func submit(_ resources: ResourceRequest, _ tasks: (_ token: String) -> [BatchTask]) -> String {
    batches += 1
    let token = "\(context.tokenPrefix)-\(batches)"
    executor.submit(Batch(token: token, template: "t", resources: resources, tasks: tasks(token)))
    return token
  }

  private func task(
    _ command: String, index: Int = 0, instance: TaskInstanceID, token: String, logs: String,
    environment: [String] = [], oneFile: Bool = false
  ) -> BatchTask {
    BatchTask(
      index: index, instance: instance, name: "t\(instance)", command: command, node: "here",
      environment: ["JOBMON_TOKEN=\(token)"] + environment, stdout: "\(logs)/t.o\(instance)",
      stderr: oneFile ? "\(logs)/t.o\(instance)" : "\(logs)/t.e\(instance)")
  }

  /// Runs one command to its end.
  func run(
    _ command: String, instance: TaskInstanceID = 1, memory: Int64? = nil, runtime: Int64? = nil,
    environment: [String] = []
  ) -> Outcome? {
    submit(command, instance: instance, memory: memory, runtime: runtime, environment: environment)
    return recorder.outcome(instance)
  }

  func stdout(_ instance: TaskInstanceID = 1) -> String? { text("logs/t.o\(instance)") }
  func stderr(_ instance: TaskInstanceID = 1) -> String? { text("logs/t.e\(instance)") }

  func text(_ path: String) -> String? {
    FileManager.default.contents(atPath: folder + "/" + path).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The process ids that commands wrote to a file, one per line, when there are `count` of them.
  func processes(_ path: String, count: Int) -> [pid_t] {
    let end = Date(timeIntervalSinceNow: 30)
    while Date() < end {
      let found = (text(path) ?? "").split(separator: "\n").compactMap { pid_t($0) }
      if found.count >= count, text(path)?.hasSuffix("\n") == true { return found }
      usleep(2000)
    }
    return []
  }
}

/// Whether a process exists and is not a zombie.
func isAlive(_ process: pid_t) -> Bool {
  guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return false }
  return !stat.contains(") Z ")
}
