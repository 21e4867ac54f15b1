import JobmonExecution
import JobmonModel
import JobmonStore

/// What earlier runs left behind.
extension Engine {
  /// Tasks with an open instance of an earlier run: they wait for its fate.
  var awaitsRecovery: Set<TaskIndex> { Set(recovering.values.map(\.task)) }

  mutating func adoptOrAwait(_ instance: OpenInstance) {
    guard let cluster = clusters.firstIndex(where: { $0.name == instance.cluster }) else { return }
    recovering[instance.instance] = instance
    clusters[cluster].recovering += 1
  }

  /// Asks every cluster what became of the instances that earlier runs left open, batch by batch.
  mutating func askWhatBecame() {
    for cluster in clusters.indices {
      var batches: [RecoverableBatch] = []
      var place: [String: Int] = [:]
      for open in plan.openInstances where open.cluster == clusters[cluster].name {
        // A task that a person has set to DONE in the meantime needs no job any more.
        let cancel = plan.policy.coldResume || status[Int(open.task)] == .done
        let key = "\(open.token) \(cancel)"
        if place[key] == nil {
          place[key] = batches.count
          batches.append(
            RecoverableBatch(token: open.token, resources: open.request, instances: [], cancel: cancel))
        }
        batches[place[key]!].instances.append(
          RecoverableBatch.Instance(index: open.index, instance: open.instance, handle: open.handle))
      }
      if !batches.isEmpty { actions.append(.recover(cluster: cluster, batches)) }
    }
  }

  mutating func recovered(_ instance: TaskInstanceID, _ verdict: RecoveryVerdict, on cluster: Int)
    throws(EngineError)
  {
    guard let old = recovering[instance] else {
      try answered(instance, verdict, on: cluster)
      return
    }
    switch verdict {
    case .pending where status[Int(old.task)] == .done, .running where status[Int(old.task)] == .done:
      // Its end was asked for, and will be told.
      break
    case .ended where status[Int(old.task)] == .done, .absent:
      forget(old, on: cluster)
      actions.append(
        .record(
          .ended(
            EndRecord(
              instance: instance, task: old.task, attempt: old.attempt,
              outcome: Outcome(cause: .interrupted, message: "its run ended before it did"),
              instanceStatus: .killed, from: status[Int(old.task)], taskStatus: .registering,
              at: now.wall))))
      acknowledged[cluster].append(instance)
      if waiting[Int(old.task)] == 0, status[Int(old.task)] == .registering { try makeReady(old.task) }
    case .pending:
      try adopt(old, as: .launched, on: cluster)
    case .running(let node, let started):
      try adopt(old, as: .running, on: cluster, node: node)
      actions.append(
        .record(.started(instance, old.task, node: node, at: started ?? old.started ?? now.wall)))
    case .ended(let outcome):
      try adopt(old, as: .running, on: cluster)
      try take(.ended(instance, outcome), of: cluster)
    }
  }

  private mutating func forget(_ old: OpenInstance, on cluster: Int) {
    recovering[old.instance] = nil
    clusters[cluster].recovering -= 1
  }

  /// Makes an earlier run's instance one of this run's.
  ///
  /// - Parameter node: where it runs; it holds its cores and memory there where the core places.
  private mutating func adopt(
    _ old: OpenInstance, as phase: TaskStatus, on cluster: Int, node: String? = nil
  ) throws(EngineError) {
    forget(old, on: cluster)
    let profile = plan.profiles[Int(plan.profile[Int(old.task)])]
    let key = ReadyGroup.Key(
      cluster: cluster, template: Int(plan.template[Int(old.task)]), request: old.request,
      maxAttempts: profile.settings.maxAttempts)
    let group: Int32
    if let known = groupPlace[key] {
      group = known
    } else {
      group = Int32(groups.count)
      groups.append(ReadyGroup(key, verdict: .ok))
      groupPlace[key] = group
    }
    attempts[Int(old.task)] += 1
    active += 1
    activeOfTemplate[key.template] += 1
    clusters[cluster].outstanding += 1
    open[old.instance] = OpenAttempt(
      task: old.task, group: group, attempt: attemptNumber(old.task), phase: phase, node: nil,
      token: old.token, index: old.index)
    occupy(node, by: old.instance)
    try move(old.task, to: phase)
    actions.append(.record(.adopted([old.instance])))
  }

  /// An answer on a submission of this run whose own answer was lost.
  private mutating func answered(_ instance: TaskInstanceID, _ verdict: RecoveryVerdict, on cluster: Int)
    throws(EngineError)
  {
    guard let attempt = open[instance] else { return }
    switch verdict {
    case .absent where attempt.phase == .instantiated || attempt.phase == .launched:
      try take(
        .ended(instance, Outcome(cause: .launchFailure, message: "the submission never arrived")), of: cluster
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
