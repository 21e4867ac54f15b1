import JobmonExecution
import JobmonModel
import JobmonStore

/// Tasks that a person wants to run again while the run goes on.
extension Engine {
  /// Sets tasks and all tasks downstream of them back, or refuses that as a whole.
  mutating func take(_ wish: RerunWish) throws(EngineError) {
    let again = withDownstream(wish.tasks)
    if let task = again.tasks.first(where: { isAtWork($0) }) {
      return refuse(wish, .running(task))
    }
    var requests: [TaskIndex: ResourceRequest] = [:]
    for own in wish.requests {
      switch request(for: own) {
      case .fits(let request): requests[own.task] = request
      case .impossible(let why): return refuse(wish, .impossible(own.task, why))
      }
    }
    if again.tasks.contains(where: { tasks.preparedAttempt(of: $0) != nil }) {
      try withdrawPrepared()
      placer.withdrawPrepared()
    }
    let done = again.tasks.filter { tasks[$0] == .done }
    let fatal = again.tasks.filter { tasks[$0] == .fatal }
    placer.remove { again.contains($0) }
    try tasks.setBack(unfinished(again))
    blockage.update(plan, tasks)
    ownRequests.merge(requests) { $1 }
    for task in again.tasks { setGroup(of: task, isNew: requests[task] != nil) }
    for failure in wish.failures where ranOut(failure, wish) {
      scaleBeforeFirstAttempt(failure, from: ownRequest(of: failure.task))
    }
    actions.append(
      .record(.rerun(RerunRecord(wish, done: done, fatal: fatal, requests: wish.requests, at: now.wall))))
    for task in again.tasks where tasks[task] == .waiting(unfinished: 0) { try makeReady(task) }
  }

  private mutating func refuse(_ wish: RerunWish, _ obstacle: RerunObstacle) {
    actions.append(.record(.rerun(RerunRecord(wish, obstacle, at: now.wall))))
  }

  /// Whether an attempt of the task is open, of this run or of an earlier one.
  private func isAtWork(_ task: TaskIndex) -> Bool {
    if case .recovering = tasks[task] { return true }
    return tasks[task].isOpen
  }

  /// A set of nodes with all nodes downstream of them.
  private struct Nodes {
    var isIn: [Bool]
    var nodes: [Int32] = []
    /// In order.
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

  /// How many upstream nodes each node waits for when all of these are set back.
  private func unfinished(_ again: Nodes) -> [Int32: Int32] {
    var counts: [Int32: Int32] = [:]
    for node in again.nodes { counts[node] = plan.graph.upstreamCount[Int(node)] }
    for node in 0..<Int32(plan.graph.nodeCount) where !again.contains(node) && tasks.isFinished(node) {
      for next in plan.graph.downstream(of: node) where again.contains(next) { counts[next]! -= 1 }
    }
    return counts
  }

  // MARK: Requests

  /// What a task asks for before any failure.
  private func ownRequest(of task: TaskIndex) -> ResourceRequest {
    ownRequests[task] ?? plan.profiles[Int(plan.profile[Int(task)])].settings.request
  }

  private func request(for own: OwnRequest) -> QueueChoice {
    var request = ownRequest(of: own.task)
    request.memory = own.memory ?? request.memory
    request.runtime = own.runtime ?? request.runtime
    let profile = plan.profiles[Int(plan.profile[Int(own.task)])]
    return QueueChoice(
      request, queues: placer.queues(of: profile.cluster), fallback: profile.settings.fallbackQueues)
  }

  /// Puts a task into the group of its own request.
  private mutating func setGroup(of task: TaskIndex, isNew: Bool) {
    tasks.setGroup(group(for: task, ownRequest(of: task), isValid: !isNew), of: task)
  }

  /// Whether a task is to get more of what it ran out of: nobody has said how much it gets.
  private func ranOut(_ failure: ResourceFailure, _ wish: RerunWish) -> Bool {
    guard let own = wish.requests.first(where: { $0.task == failure.task }) else { return true }
    return failure.resource == .memory ? own.memory == nil : own.runtime == nil
  }
}
