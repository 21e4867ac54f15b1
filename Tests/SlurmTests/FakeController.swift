import Foundation
import JobmonCore
import Logging
import Synchronization
import WorkerProtocol

@testable import SlurmPlugin

/// A controller that does what a test says, for faults that cannot be produced with a real one. What it has in common
/// with a real one is tested with the Slurm lab.
final class FakeController: SlurmController {
  struct World {
    var jobs: [SlurmJob] = []
    var submissions: [SlurmSubmission] = []
    var cancelled: [String] = []
    /// The errors of the next submissions, in order; later submissions are accepted.
    var refusals: [SlurmError] = []
    /// Submissions with more members than this are rejected.
    var room = Int.max
    var fault: SlurmError?
    var asked = 0
    var queues = [ClusterQueue(name: "all.q", isDefault: true, maxCores: 8)]
    /// Seconds.
    var messageTimeout = 10.0
    /// Whether queries for jobs are not answered.
    var hangs = false
  }

  let access = SlurmAccess.library
  let world = Mutex(World())

  init(_ change: (inout World) -> Void = { _ in }) { world.withLock { change(&$0) } }

  func connect() {}
  func limits() throws(SlurmError) -> SlurmLimits {
    var limits = SlurmLimits()
    limits.minJobAge = 2
    limits.messageTimeout = world.withLock { $0.messageTimeout }
    return limits
  }
  func partitions() throws(SlurmError) -> [ClusterQueue] { world.withLock { $0.queues } }
  func nodes() throws(SlurmError) -> [SlurmNode] { [] }

  func submit(_ submission: SlurmSubmission) throws(SlurmError) -> SlurmReceipt {
    let result: Result<SlurmReceipt, SlurmError> = world.withLock { world in
      if !world.refusals.isEmpty { return .failure(world.refusals.removeFirst()) }
      let tasks = Self.members(submission.array ?? "0")
      if tasks.count > world.room { return .failure(SlurmError(.limit, "over the limit")) }
      world.submissions.append(submission)
      let id = UInt32(100 + world.submissions.count)
      world.jobs.append(SlurmJob(array: id, tasks: .pending(Set(tasks)), state: 0, name: submission.name))
      return .success(SlurmReceipt(job: id, message: ""))
    }
    return try result.get()
  }

  func jobs() throws(SlurmError) -> [SlurmJob] {
    while world.withLock({ $0.hangs }) { usleep(2000) }
    let result: Result<[SlurmJob], SlurmError> = world.withLock { world in
      world.asked += 1
      return world.fault.map { .failure($0) } ?? .success(world.jobs)
    }
    return try result.get()
  }

  func accounts(of jobs: [UInt32], since: Int64) throws(SlurmError) -> [SlurmJob] { [] }
  func cancel(_ jobs: String) throws(SlurmError) { world.withLock { $0.cancelled.append(jobs) } }
  func text(ofState state: UInt32) -> String { "STATE \(state)" }

  static func members(_ text: String) -> [Int] {
    text.split(separator: ",").flatMap { part in
      let ends = part.split(separator: "-").compactMap { Int($0) }
      return Array(ends[0]...ends[ends.count - 1])
    }
  }
}

/// An executor with a ``FakeController`` and its own scratch folder, and all events that it has posted.
final class FakeCluster: ExecutorEventSink {
  let controller: FakeController
  let scratch: String
  private let executor: SlurmExecutor
  private let said = Mutex<[ExecutorEvent]>([])

  /// - Parameters:
  ///   - willRead: called before the folder of a batch is read.
  ///   - die: what the watchdog does instead of ending the process.
  init(
    _ options: [String: JSONValue] = [:], controller: FakeController = FakeController(),
    willRead: @escaping @Sendable (BatchFolder) -> Void = { _ in },
    die: @escaping @Sendable () -> Void = { _exit(1) }
  ) throws {
    self.controller = controller
    scratch = NSTemporaryDirectory() + "jobmon-slurm-test-" + UUID().uuidString
    executor = SlurmExecutor(
      [controller], attributes: ["qos", "comment", "exclude"], readingLimit: 200, willRead: willRead, die: die
    )
    let own: [String: JSONValue] = [
      "scratch": .string(scratch), "worker": .string("/bin/true"), "lost_after": .integer(1),
      "report_delay": .integer(0), "silence": .integer(0),
    ]
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let context = ExecutorContext(
      cluster: "slurm", options: own.merging(options) { $1 }, runUUID: "abcdef012345",
      workingDirectory: "/tmp",
      environment: [], killGrace: 1, logger: logger)
    try executor.start(context, events: self)
    _ = wait { if case .info = $0 { true } else { false } }
  }

  deinit {
    executor.stop(.leaveRunning)
    try? FileManager.default.removeItem(atPath: scratch)
  }

  func post(_ events: [ExecutorEvent]) { said.withLock { $0 += events } }

  /// Waits for the first event of this kind; nil after ten seconds.
  func wait(_ isMeant: (ExecutorEvent) -> Bool) -> ExecutorEvent? {
    for _ in 0..<5000 {
      if let found = said.withLock({ $0.first(where: isMeant) }) { return found }
      usleep(2000)
    }
    return nil
  }

  func submit(
    _ count: Int, token: String = "abcdef012345-0", first: Int = 1,
    resources: ResourceRequest = ResourceRequest()
  ) {
    let tasks = (0..<count).map {
      BatchTask(
        index: $0, instance: TaskInstanceID($0 + first), name: "t", command: "true", node: nil,
        environment: [],
        stdout: "/o", stderr: "/e")
    }
    executor.submit(Batch(token: token, template: "t", resources: resources, tasks: tasks))
  }

  func recover(
    _ indices: [Int], token: String = "abcdef012345-0", handle: String? = nil, cancel: Bool = false
  ) {
    executor.recover([
      RecoverableBatch(
        token: token, resources: ResourceRequest(),
        instances: indices.map { .init(index: $0, instance: TaskInstanceID($0 + 1), handle: handle) },
        cancel: cancel)
    ])
  }

  /// Waits for a cancellation and returns what was cancelled.
  func cancelled() -> [String] {
    for _ in 0..<5000 where controller.world.withLock({ $0.cancelled.isEmpty }) { usleep(2000) }
    return controller.world.withLock { $0.cancelled }
  }

  /// Waits until the controller was queried this many more times. The effects of all answers but the last are then
  /// visible.
  func waitForQueries(_ count: Int) -> Bool {
    let before = controller.world.withLock { $0.asked }
    for _ in 0..<10_000 {
      if controller.world.withLock({ $0.asked }) >= before + count { return true }
      usleep(2000)
    }
    return false
  }

  /// How many recovery verdicts were posted for an instance.
  func said(about instance: TaskInstanceID) -> Int {
    said.withLock { events in
      events.count { if case .recovered(instance, _) = $0 { true } else { false } }
    }
  }

  func cancel(_ instances: [TaskInstanceID]) { executor.cancel(instances) }

  /// The description that the executor has posted.
  var description: ExecutorDescription? {
    guard case .info(let description)? = wait({ if case .info = $0 { true } else { false } }) else {
      return nil
    }
    return description
  }

  func validated(_ request: ResourceRequest) -> ResourceVerdict? {
    executor.validate([request])
    guard
      case .validated(_, let verdicts)? = wait({
        if case .validated(let requests, _) = $0 { requests == [request] } else { false }
      })
    else { return nil }
    return verdicts.first
  }

  func verdict(_ instance: TaskInstanceID) -> SubmissionVerdict? {
    guard
      case .submitted(_, let verdict)? = wait({
        if case .submitted(let instances, _) = $0 { instances.contains(instance) } else { false }
      })
    else { return nil }
    return verdict
  }

  func recovered(_ instance: TaskInstanceID) -> RecoveryVerdict? {
    guard
      case .recovered(_, let verdict)? = wait({
        if case .recovered(instance, _) = $0 { true } else { false }
      })
    else { return nil }
    return verdict
  }

  func ended(_ instance: TaskInstanceID) -> Outcome? {
    guard
      case .ended(_, let outcome)? = wait({
        if case .ended(instance, _) = $0 { true } else { false }
      })
    else { return nil }
    return outcome
  }

  func hasEnded(_ instance: TaskInstanceID) -> Bool {
    said.withLock { events in
      events.contains { if case .ended(instance, _) = $0 { true } else { false } }
    }
  }

  var folder: BatchFolder { folder() }

  func folder(_ token: String = "abcdef012345-0") -> BatchFolder {
    BatchFolder(scratch + "/batches/" + token)
  }

  /// Claims a task, as a worker does first.
  func claim(_ index: Int, start: Int = 0) -> Bool {
    let file = open(folder.claim(index, start: start), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    if file >= 0 { close(file) }
    return file >= 0
  }

  func report(
    _ index: Int, _ end: CommandEnd, start: Int = 0, isTerminated: Bool = false,
    token: String = "abcdef012345-0"
  ) throws {
    var writer = ByteWriter()
    BatchReport(
      report: CommandReport(
        instance: 0, end: end, started: 1, ended: 2, wall: 1, cpu: 1, peakMemory: 0, message: ""),
      host: "n1", job: "1", wasTerminated: isTerminated
    ).encode(into: &writer)
    try Data(writer.bytes).write(
      to: URL(fileURLWithPath: folder(token).report(index, start: start)), options: .atomic)
  }
}
