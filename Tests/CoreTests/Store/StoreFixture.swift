import Foundation
import Testing

@testable import JobmonModel
@testable import JobmonStore

/// A store in its own folder, and a workflow for it.
final class StoreFixture {
  let folder: String
  var path: String { folder + "/deep/jobmon.db" }

  init() throws {
    folder = FileManager.default.temporaryDirectory.path + "/jobmon-store-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func open() throws -> SQLiteStore { try SQLiteStore(path: path) }

  /// `count` tasks, and one that waits for all of them.
  static func definition(_ count: Int = 3, reversed: Bool = false, op: String = "o", extra: Bool = false)
    -> WorkflowDefinition
  {
    let template = TaskTemplate(name: "work", commandTemplate: "run {x} {o}", nodeArgs: ["x"], opArgs: ["o"])
    let last = TaskTemplate(name: "last", commandTemplate: "sum")
    var definition = WorkflowDefinition(
      header: WorkflowHeader(tool: "t", name: "n", workflowArgs: "a", workingDirectory: "/tmp"),
      templates: [template, last])
    let numbers = Array(0..<count + (extra ? 1 : 0))
    for number in reversed ? numbers.reversed() : numbers {
      definition.tasks.append(
        template: 0, name: "w\(number)", arguments: ["\(number)", op],
        settings: number == 1 ? TaskSettings(maxAttempts: 7) : TaskSettings(),
        attributes: number == 2 ? ["k": "v"] : [:])
    }
    let set = definition.upstreamSets.insert(numbers.map { TaskIndex($0) })
    definition.tasks.append(template: 1, name: "last", arguments: [], upstreams: set)
    return definition
  }

  static func bind(_ definition: WorkflowDefinition, in store: SQLiteStore) throws -> WorkflowID {
    try store.bind(definition, identity: WorkflowIdentity(definition))
  }

  static func driver(_ uuid: String = UUID().uuidString.lowercased()) -> DriverRecord {
    let process = HostProcess.current
    return DriverRecord(
      runUUID: uuid, host: process.host, pid: process.pid, processStart: process.start,
      bootID: process.bootID,
      pidNamespace: process.pidNamespace, uid: getuid(), user: "me", cluster: "local", logs: "/logs",
      resume: nil)
  }

  static func run(_ workflow: WorkflowID, in store: SQLiteStore, _ uuid: String = UUID().uuidString) throws
    -> WorkflowRunID
  {
    guard case .granted(let run, _) = try store.openRun(workflow, by: driver(uuid), over: nil) else {
      throw StoreError.leaseLost(nil)
    }
    return run
  }

  /// Transitions that start a task, and those that end it.
  static func start(_ task: TaskIndex, _ instance: TaskInstanceID, batch: String, attempt: Int = 1)
    -> Transition
  {
    .instantiated(
      batch: batch,
      [
        AttemptRecord(
          instance: instance, task: task, index: Int(instance), attempt: attempt, from: .registering)
      ],
      at: .now)
  }

  static func end(
    _ task: TaskIndex, _ instance: TaskInstanceID, _ cause: Cause, from: TaskStatus = .running,
    to status: TaskStatus, _ own: TaskInstanceStatus, isRetry: Bool = false, next: ResourceRequest? = nil
  ) -> Transition {
    .ended(
      EndRecord(
        instance: instance, task: task, attempt: 1,
        outcome: Outcome(
          cause: cause, node: "n1", usage: ResourceUsage(wall: 1.5, cpu: 1, peakMemory: 1 << 20)),
        instanceStatus: own, from: from, taskStatus: status,
        followUp: isRetry ? .retry : status == .fatal ? .noFurtherAttempt(.attemptsUsed(1)) : nil,
        nextRequest: next, at: .now))
  }

  static func batch(_ token: String) -> Transition {
    .batch(BatchRecord(token: token, cluster: "local", template: 0, request: ResourceRequest(memory: 100)))
  }
}
