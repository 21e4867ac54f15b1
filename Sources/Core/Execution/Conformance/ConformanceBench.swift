import Foundation
import JobmonModel
import Logging
import OSText

/// A cluster that was started for one case, and the operations for cases.
final class ConformanceBench {
  /// A task to submit.
  struct Order {
    var command: String
    var environment: [String] = []
    /// Whether standard output and error go to one file.
    var oneFile = false
    /// Run time in seconds on a simulated cluster.
    var simulated = 0

    init(_ command: String, environment: [String] = [], oneFile: Bool = false, simulated: Int = 0) {
      self.command = command
      self.environment = environment
      self.oneFile = oneFile
      self.simulated = simulated
    }

    /// Runs until it is cancelled.
    static let endless = Order("sleep 100000", simulated: 100_000)
  }

  let executor: any Executor
  let description: ExecutorDescription
  let folder: String
  private let cluster: PluginRegistry.Cluster
  private let environment: [String]
  private let patience: Double
  private let journal = EventJournal()
  private let runUUID = UUID().uuidString.lowercased()
  private var batches = 0
  private var nextInstance: TaskInstanceID
  private var isStopped = false

  /// Starts the cluster.
  ///
  /// - Parameter firstInstance: the first instance id; nil: a random id that was never used.
  init(
    _ cluster: PluginRegistry.Cluster, folder: String, environment: [String], patience: Double,
    firstInstance: TaskInstanceID? = nil
  ) throws {
    self.cluster = cluster
    self.folder = folder
    self.environment = environment
    self.patience = patience
    nextInstance = firstInstance ?? TaskInstanceID.random(in: 1 << 32..<1 << 48)
    executor = cluster.makeExecutor()
    let context = ExecutorContext(
      cluster: cluster.name, options: cluster.options, runUUID: runUUID, workingDirectory: folder,
      environment: environment, killGrace: 2, logger: Logger(label: "cluster_check"))
    try executor.start(context, events: journal)
    guard let description = journal.description(within: max(patience, 30)) else {
      executor.stop(.leaveRunning)
      throw Nonconformance("the cluster did not send info after start")
    }
    if case .unavailable(let why) = description.health {
      executor.stop(.leaveRunning)
      throw Nonconformance(why)
    }
    self.description = description
  }

  deinit { stop() }

  func stop() {
    guard !isStopped else { return }
    isStopped = true
    executor.stop(description.outlivesDriver ? .leaveRunning : .cancelAll)
  }

  /// Starts the same cluster for the next driver after this one has ended without notice.
  func successor() throws -> ConformanceBench {
    if let program = executor as? WireExecutor { program.vanish() } else { executor.stop(.leaveRunning) }
    isStopped = true
    return try ConformanceBench(
      cluster, folder: folder, environment: environment, patience: patience, firstInstance: nextInstance)
  }

  // MARK: Calls

  /// Submits orders as one batch and returns it.
  @discardableResult
  func submit(_ orders: [Order], _ request: ResourceRequest = ResourceRequest()) -> Batch {
    let token = "\(ExecutorContext.tokenPrefix(runUUID: runUUID))-\(batches)"
    batches += 1
    let tasks = orders.enumerated().map { index, order in
      let instance = nextInstance
      nextInstance += 1
      var task = BatchTask(
        index: index, instance: instance, name: "check_\(instance)", command: order.command,
        node: node(index, request), environment: ["JOBMON_TOKEN=\(token).\(index)"] + order.environment,
        stdout: "\(folder)/logs/o\(instance)",
        stderr: "\(folder)/logs/\(order.oneFile ? "o" : "e")\(instance)")
      if order.simulated > 0 { task.attributes["simulated_runtime"] = "\(order.simulated)" }
      return task
    }
    let batch = Batch(token: token, template: "check", resources: request, tasks: tasks)
    executor.submit(batch)
    return batch
  }

  /// Submits one order and returns its instance.
  func submit(_ order: Order, _ request: ResourceRequest = ResourceRequest()) -> TaskInstanceID {
    submit([order], request).tasks[0].instance
  }

  /// Runs a command until it has ended.
  func run(_ order: Order, _ request: ResourceRequest = ResourceRequest()) throws -> Outcome {
    try outcome(of: submit(order, request))
  }

  /// Maximum number of tasks that can be submitted at once.
  var width: Int {
    switch description.placement {
    case .backend(let most): max(1, min(most, description.maxBatch))
    case .core(let nodes): max(1, min(nodes.reduce(0) { $0 + $1.cores }, description.maxBatch))
    }
  }

  /// The node for the task with the given index in a batch; nil if the backend places tasks.
  private func node(_ index: Int, _ request: ResourceRequest) -> String? {
    guard case .core(let nodes) = description.placement else { return nil }
    let slots = nodes.flatMap { node in
      repeatElement(node.name, count: min(node.cores / max(1, request.cores), index + 1))
    }
    return slots.isEmpty ? nodes.first?.name : slots[index % slots.count]
  }

  // MARK: Events

  var events: [ExecutorEvent] { journal.events }

  var warnings: [String] {
    events.compactMap { if case .log(.warning, let text) = $0 { text } else { nil } }
  }

  /// The first result of `pick` for the events so far; nil after `patience` seconds. A simulated clock is advanced
  /// during the wait.
  func wait<Answer>(_ seconds: Double? = nil, _ pick: (ArraySlice<ExecutorEvent>) -> Answer?) -> Answer? {
    guard let clock = executor.simulatedClock else {
      return journal.wait(seconds ?? patience, since: 0, pick)
    }
    while true {
      if let answer = pick(journal.events[...]) { return answer }
      guard let next = clock.next else { return nil }
      clock.advance(to: next)
    }
  }

  func hears(_ seconds: Double? = nil, _ isMeant: (ExecutorEvent) -> Bool) -> Bool {
    wait(seconds) { $0.contains(where: isMeant) ? true : nil } ?? false
  }

  func expect(_ what: String, _ isMeant: (ExecutorEvent) -> Bool) throws {
    if !hears(nil, isMeant) { throw Nonconformance("no \(what) within \(Int(patience)) s") }
  }

  func outcome(of instance: TaskInstanceID) throws -> Outcome {
    let found = wait { events in
      events.lazy.compactMap { event -> Outcome? in
        switch event {
        case .ended(instance, let outcome), .recovered(instance, .ended(let outcome)): outcome
        case .submitted(let instances, .rejected(let why)) where instances.contains(instance):
          Outcome(cause: .lost("rejected: \(why)"))
        default: nil
        }
      }.first
    }
    guard let found else {
      throw Nonconformance("instance \(instance) has not ended within \(Int(patience)) s")
    }
    return found
  }

  /// Waits until an instance runs, or shows that it runs by writing a file.
  func waitForStart(_ instance: TaskInstanceID, mark: String? = nil) throws {
    if let mark {
      try waitForText("file \(mark)") { text(mark)?.isEmpty == false }
    } else {
      try expect("start of instance \(instance)") {
        if case .started(instance, _, _) = $0 { true } else { false }
      }
    }
  }

  // MARK: Files

  func text(_ name: String) -> String? {
    OSFile.contents("\(folder)/\(name)").map { String(decoding: $0, as: UTF8.self) }
  }

  func stdout(_ instance: TaskInstanceID) -> String? { text("logs/o\(instance)") }
  func stderr(_ instance: TaskInstanceID) -> String? { text("logs/e\(instance)") }

  /// Waits until a condition holds for a file. Another machine may write the file, so it is polled.
  func waitForText(_ what: String, _ isThere: () -> Bool) throws {
    let end = Date(timeIntervalSinceNow: patience)
    while !isThere() {
      guard Date() < end else { throw Nonconformance("\(what) did not appear within \(Int(patience)) s") }
      usleep(10_000)
    }
  }

  /// Whether a file is still growing. It is compared over a longer time than the pause between writes.
  func isGrowing(_ name: String) -> Bool {
    let before = text(name)?.utf8.count ?? 0
    usleep(1_000_000)
    return (text(name)?.utf8.count ?? 0) != before
  }
}

extension Nonconformance {
  /// Throws the observation if the condition does not hold.
  static func unless(_ condition: Bool, _ observed: @autoclosure () -> String) throws {
    if !condition { throw Nonconformance(observed()) }
  }
}

extension ConformanceBench {
  func write(_ name: String, _ text: String) throws {
    try PrivateFile.open("\(folder)/\(name)").write(contentsOf: Data(text.utf8))
  }

  /// The folder's path without links.
  var resolvedFolder: String { OSFile.real(folder) }
}
