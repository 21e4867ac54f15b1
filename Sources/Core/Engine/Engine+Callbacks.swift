import JobmonModel

/// Requests computed by callbacks. An action asks the question, an event brings the answer.
extension Engine {
  /// How long a callback may take, in milliseconds (DESIGN: 5 min).
  static var callbackPatience: Int64 { 300_000 }

  /// Asks the callback that a task needs before it can be queued.
  ///
  /// - Returns: false if it needs none.
  mutating func askBeforeQueueing(_ task: TaskIndex) throws(EngineError) -> Bool {
    if let order = tasks.takePendingOrder(of: task) {
      try ask(order)
      return true
    }
    let settings = plan.profiles[Int(plan.profile[Int(task)])].settings
    guard let callback = settings.callback, !tasks.isResolved(task) else { return false }
    try ask(
      ResourceOrder(
        task: task, callback: callback, request: placer.request(of: tasks.group(of: task)), ranOut: nil,
        failures: 0))
    return true
  }

  private mutating func ask(_ order: ResourceOrder) throws(EngineError) {
    try tasks.resolve(order, deadline: now.monotonic + Self.callbackPatience)
    actions.append(.resolve(order))
  }

  /// Accepts a callback's answer. An answer that the task no longer waits for has no effect.
  mutating func take(_ answer: ResolvedResources, for task: TaskIndex) throws(EngineError) {
    guard let order = try tasks.endResolving(task) else { return }
    switch answer {
    case .failed(let why): try giveUp(task, why: .callback(order.callback, why))
    case .resources(let answer) where answer.fault != nil:
      try giveUp(task, why: .callback(order.callback, answer.fault!))
    case .resources(let answer):
      if order.ranOut == nil { tasks.setResolved(task) }
      switch regroup(task, order.request.changed(by: order.ranOut.map { answer.only($0) } ?? answer)) {
      case .fits: try makeReady(task)
      case .impossible(let why): try giveUp(task, why: .callback(order.callback, why))
      }
    }
  }

  /// Gives up tasks whose callback takes too long.
  mutating func checkCallbacks() throws(EngineError) {
    for task in tasks.unanswered(now: now.monotonic) {
      try take(.failed("no answer for \(Self.callbackPatience / 1000) s"), for: task)
    }
  }
}

extension ComputeResources {
  /// Why the answer is not a valid request.
  fileprivate var fault: String? {
    if let cores, cores < 1 { return "it requests \(cores) cores" }
    if let memory, memory < 1 { return "it requests \(memory) bytes of memory" }
    if let runtime, runtime < 1 { return "it requests \(runtime) seconds" }
    return nil
  }

  /// Only one of the resources.
  fileprivate func only(_ resource: ScalableResource) -> ComputeResources {
    switch resource {
    case .memory: ComputeResources(memory: memory)
    case .runtime: ComputeResources(runtime: runtime)
    }
  }
}
