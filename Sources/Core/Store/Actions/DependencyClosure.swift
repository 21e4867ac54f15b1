import JobmonModel

/// Finds all tasks upstream or downstream of given tasks, direct or indirect. Used for changes by the user that include
/// them.
///
/// Every upstream set is visited once, so an all-to-all dependency of n x n tasks costs n + n steps.
struct DependencyClosure {
  let sets: UpstreamSets
  /// The upstream set of each task.
  let upstreams: [UpstreamSets.ID]

  /// `tasks` and all their upstreams, direct or indirect, in order.
  func withUpstreams(_ tasks: [TaskIndex]) -> [TaskIndex] {
    var seen = Set(tasks)
    var seenSets = Set<UpstreamSets.ID>()
    var rest = Array(seen)
    while let task = rest.popLast() {
      guard seenSets.insert(upstreams[Int(task)]).inserted else { continue }
      for upstream in sets[upstreams[Int(task)]] where seen.insert(upstream).inserted {
        rest.append(upstream)
      }
    }
    return seen.sorted()
  }

  /// `tasks` and all their downstreams, direct or indirect, in order.
  func withDownstreams(_ tasks: [TaskIndex]) -> [TaskIndex] {
    // In a definition, a task may precede its upstreams, so sets and tasks are followed edge by edge.
    var setsWith: [TaskIndex: [UpstreamSets.ID]] = [:]
    for set in 0..<UpstreamSets.ID(sets.count) {
      for member in sets[set] { setsWith[member, default: []].append(set) }
    }
    var waiting = [[TaskIndex]](repeating: [], count: sets.count)
    for (task, set) in upstreams.enumerated() { waiting[Int(set)].append(TaskIndex(task)) }

    var seen = Set(tasks)
    var seenSets = Set<UpstreamSets.ID>()
    var rest = Array(seen)
    while let task = rest.popLast() {
      for set in setsWith[task] ?? [] where seenSets.insert(set).inserted {
        for downstream in waiting[Int(set)] where seen.insert(downstream).inserted { rest.append(downstream) }
      }
    }
    return seen.sorted()
  }

  /// The direct downstreams of `task`.
  func downstreams(of task: TaskIndex) -> [TaskIndex] {
    var holding = [Bool](repeating: false, count: sets.count)
    for set in 0..<UpstreamSets.ID(sets.count) { holding[Int(set)] = sets[set].contains(task) }
    return upstreams.indices.filter { holding[Int(upstreams[$0])] }.map { TaskIndex($0) }
  }
}
