import JobmonExecution
import JobmonModel
import JobmonStore

/// Recovery of instances left by earlier runs.
extension Engine {
  mutating func adoptOrAwait(_ instance: OpenInstance) throws(EngineError) {
    guard let cluster = placer.clusters.firstIndex(where: { $0.name == instance.cluster }) else { return }
    try tasks.recover(instance)
    placer.beginRecovery(on: cluster)
  }

  /// Asks every cluster for the state of the instances that earlier runs left open, batch by batch.
  mutating func askWhatBecame() {
    for (cluster, state) in placer.clusters.enumerated() {
      var batches: [RecoverableBatch] = []
      var indexOfKey: [String: Int] = [:]
      for open in plan.openInstances where open.cluster == state.name {
        if isUnwanted(open.task) { unwanted.insert(open.instance) }
        let cancel = plan.policy.coldResume || unwanted.contains(open.instance)
        let key = "\(open.token) \(cancel)"
        if indexOfKey[key] == nil {
          indexOfKey[key] = batches.count
          batches.append(
            RecoverableBatch(token: open.token, resources: open.request, instances: [], cancel: cancel))
        }
        batches[indexOfKey[key]!].instances.append(
          RecoverableBatch.Instance(index: open.index, instance: open.instance, handle: open.handle))
      }
      if !batches.isEmpty { actions.append(.recover(cluster: cluster, batches)) }
    }
  }

  /// Whether an attempt of an earlier run is cancelled: a person has set its task to DONE, or has reset a task upstream, which
  /// must run first.
  private func isUnwanted(_ task: TaskIndex) -> Bool {
    switch tasks[task] {
    case .done: true
    case .recovering(let unfinished): unfinished > 0
    default: false
    }
  }

  mutating func recovered(_ instance: TaskInstanceID, _ verdict: RecoveryVerdict, on cluster: Int)
    throws(EngineError)
  {
    guard let old = tasks.earlierInstance(instance) else {
      try answered(instance, verdict, on: cluster)
      return
    }
    switch verdict {
    case .pending where unwanted.contains(instance), .running where unwanted.contains(instance):
      // Its cancellation was requested; its end will be reported.
      break
    case .ended where unwanted.contains(instance), .absent:
      unwanted.remove(instance)
      let status = tasks.status(of: old.task)
      placer.endRecovery(on: cluster)
      let isReady = try tasks.forget(old)
      actions.append(
        .record(
          .ended(
            EndRecord(
              instance: instance, task: old.task, attempt: old.attempt,
              outcome: Outcome(cause: .interrupted, message: "the run ended first"),
              instanceStatus: .killed, from: status, taskStatus: .registering,
              at: now.wall))))
      acknowledged[cluster].append(instance)
      if isReady { try makeReady(old.task) }
    case .pending:
      try adopt(old, isRunning: false, on: cluster)
    case .running(let node, let started):
      try adopt(old, isRunning: true, on: cluster, node: node)
      actions.append(
        .record(.started(instance, old.task, node: node, at: started ?? old.started ?? now.wall)))
    case .ended(let outcome):
      try adopt(old, isRunning: true, on: cluster)
      try take(.ended(instance, outcome), of: cluster)
    }
  }

  /// Adopts an earlier run's instance.
  ///
  /// - Parameter node: the node it runs on. If the core chooses the node, the instance holds its cores and memory
  ///   there.
  private mutating func adopt(
    _ old: OpenInstance, isRunning: Bool, on cluster: Int, node: String? = nil
  ) throws(EngineError) {
    placer.endRecovery(on: cluster)
    let profile = plan.profiles[Int(plan.profile[Int(old.task)])]
    let key = ReadyGroup.Key(
      cluster: cluster, template: Int(plan.template[Int(old.task)]), request: old.request,
      maxAttempts: profile.settings.maxAttempts)
    let group = placer.group(for: key, isValid: true).index
    placer.adopt(group)
    try tasks.adopt(
      old.instance,
      OpenAttempt(
        task: old.task, group: group, attempt: tasks.attemptNumber(of: old.task), node: nil, token: old.token,
        index: old.index),
      isRunning: isRunning)
    occupy(node, by: old.instance)
    actions.append(.record(.adopted([old.instance])))
  }

  /// Handles the answer about one of this run's submissions whose reply was lost.
  private mutating func answered(_ instance: TaskInstanceID, _ verdict: RecoveryVerdict, on cluster: Int)
    throws(EngineError)
  {
    guard let attempt = tasks.attempt(instance) else { return }
    switch verdict {
    case .absent where tasks[attempt.task] != .running:
      try take(
        .ended(instance, Outcome(cause: .launchFailure, message: "the submission did not arrive")),
        of: cluster
      )
    case .absent:
      try take(.ended(instance, Outcome(cause: .lost("absent"))), of: cluster)
    case .pending:
      try take(.submitted([instance], .accepted(handle: nil)), of: cluster)
    case .running(let node, let started):
      try take(.started(instance, node: node, at: started ?? now.wall), of: cluster)
    case .ended(let outcome):
      try take(.ended(instance, outcome), of: cluster)
    }
  }
}
