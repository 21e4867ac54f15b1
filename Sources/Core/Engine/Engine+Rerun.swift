import JobmonExecution
import JobmonModel
import JobmonStore

/// Reruns requested by a user during the run.
extension Engine {
  /// Resets tasks and all tasks downstream of them, or refuses the whole request.
  mutating func take(_ request: RerunRequest) throws(EngineError) {
    let again = withDownstream(request.tasks)
    if let task = again.tasks.first(where: { isAtWork($0) }) {
      return refuse(request, .running(task))
    }
    var requests: [TaskIndex: ResourceRequest] = [:]
    for own in request.overrides {
      switch queueChoice(for: own) {
      case .fits(let request): requests[own.task] = request
      case .impossible(let why): return refuse(request, .impossible(own.task, why))
      }
    }
    if again.tasks.contains(where: { tasks.preparedAttempt(of: $0) != nil }) {
      try withdrawPrepared()
      placer.withdrawPrepared()
    }
    let done = again.tasks.filter { tasks[$0] == .done }
    let fatal = again.tasks.filter { tasks[$0] == .fatal }
    placer.remove { again.contains($0) }
    try tasks.reset(unfinished(again))
    updateBlockage()
    ownRequests.merge(requests) { $1 }
    for task in again.tasks { setGroup(of: task, isNew: requests[task] != nil) }
    for failure in request.failures where ranOut(failure, request) {
      scaleBeforeFirstAttempt(failure, from: ownRequest(of: failure.task))
    }
    actions.append(
      .record(
        .rerun(RerunRecord(request, done: done, fatal: fatal, overrides: request.overrides, at: now.wall))))
    for task in again.tasks where tasks[task] == .waiting(unfinished: 0) { try makeReady(task) }
  }

  private mutating func refuse(_ request: RerunRequest, _ obstacle: RerunObstacle) {
    actions.append(.record(.rerun(RerunRecord(request, obstacle, at: now.wall))))
  }

  /// Whether the task has an open attempt, in this run or from an earlier one.
  private func isAtWork(_ task: TaskIndex) -> Bool {
    if case .recovering = tasks[task] { return true }
    return tasks[task].isOpen
  }

  /// A set of nodes, including all nodes downstream of them.
  private struct Nodes {
    var isIn: [Bool]
    var nodes: [Int32] = []
    /// Sorted.
    var tasks: [TaskIndex] = []

    func contains(_ node: Int32) -> Bool { isIn[Int(node)] }
  }

  private func withDownstream(_ selected: [TaskIndex]) -> Nodes {
    var found = Nodes(isIn: Array(repeating: false, count: plan.graph.nodeCount))
    for task in selected where !found.contains(task) {
      found.isIn[Int(task)] = true
      found.nodes.append(task)
    }
    var index = 0
    while index < found.nodes.count {
      for next in plan.graph.downstream(of: found.nodes[index]) where !found.contains(next) {
        found.isIn[Int(next)] = true
        found.nodes.append(next)
      }
      index += 1
    }
    found.tasks = found.nodes.filter { !plan.graph.isJoin($0) }.sorted()
    return found
  }

  /// The number of unfinished upstream nodes of each node after all of these are reset.
  private func unfinished(_ again: Nodes) -> [Int32: Int32] {
    var counts: [Int32: Int32] = [:]
    for node in again.nodes { counts[node] = plan.graph.upstreamCount[Int(node)] }
    for node in 0..<Int32(plan.graph.nodeCount) where !again.contains(node) && tasks.isFinished(node) {
      for next in plan.graph.downstream(of: node) where again.contains(next) { counts[next]! -= 1 }
    }
    return counts
  }

  // MARK: Requests

  /// A task's original request, before any failure.
  private func ownRequest(of task: TaskIndex) -> ResourceRequest {
    ownRequests[task] ?? plan.profiles[Int(plan.profile[Int(task)])].settings.request
  }

  private func queueChoice(for own: ResourceOverride) -> QueueChoice {
    var request = ownRequest(of: own.task)
    request.memory = own.memory ?? request.memory
    request.runtime = own.runtime ?? request.runtime
    let profile = plan.profiles[Int(plan.profile[Int(own.task)])]
    return QueueChoice(
      request, queues: placer.queues(of: profile.cluster), fallback: profile.settings.fallbackQueues)
  }

  /// Moves a task to the group of its original request.
  private mutating func setGroup(of task: TaskIndex, isNew: Bool) {
    tasks.setGroup(group(for: task, ownRequest(of: task), isValid: !isNew), of: task)
  }

  /// Whether to increase the resource that ran out: the user has not set an amount.
  private func ranOut(_ failure: ResourceFailure, _ request: RerunRequest) -> Bool {
    guard let own = request.overrides.first(where: { $0.task == failure.task }) else { return true }
    return failure.resource == .memory ? own.memory == nil : own.runtime == nil
  }
}
