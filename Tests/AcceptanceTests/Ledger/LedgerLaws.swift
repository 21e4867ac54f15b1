/// The properties of a workflow that the checker needs. The test declares them; they are not read from the program.
struct LedgerPlan: Sendable {
  /// Every task, with the names of its upstream tasks.
  var upstreams: [String: [String]]
  var maxAttempts = 3
  /// The maximum number of tasks that may run at once.
  var limit = Int.max
}

/// A violation of a law.
struct Breach: Hashable, CustomStringConvertible, Sendable {
  /// The number of the law in the design.
  var law: Int
  var what: String
  var description: String { "law \(law): \(what)" }
}

/// Checks a ledger against the laws, using only what the commands wrote and what the test saw in the store.
struct LedgerLaws {
  let plan: LedgerPlan
  /// Whether the cluster may restart an instance by itself.
  var mayRestart = false

  func breaches(_ ledger: Ledger) -> [Breach] {
    doneTasksThatRanAgain(ledger) + overlappingExecutions(ledger) + startsBeforeUpstreams(ledger)
      + attempts(ledger) + limits(ledger)
  }

  /// Law 1: a DONE task never runs again.
  private func doneTasksThatRanAgain(_ ledger: Ledger) -> [Breach] {
    var done: Set<String> = []
    return ledger.lines.compactMap { line in
      if line.word == .done { done.insert(line.task) }
      guard line.word == .start, done.contains(line.task) else { return nil }
      return Breach(law: 1, what: "\(line.task) ran again as instance \(line.instance) although it was DONE")
    }
  }

  /// Law 2: no two executions of a task overlap, and no instance is started twice.
  private func overlappingExecutions(_ ledger: Ledger) -> [Breach] {
    var newest: [String: Int] = [:]
    var instances: Set<Int> = []
    var breaches: [Breach] = []
    for line in ledger.lines {
      switch line.word {
      case .overlap:
        breaches.append(
          Breach(law: 2, what: "\(line.task) began as \(line.instance) while another one lived"))
      case .start:
        if !instances.insert(line.instance).inserted, !mayRestart {
          breaches.append(Breach(law: 2, what: "instance \(line.instance) of \(line.task) was started twice"))
        }
        newest[line.task] = line.instance
      case .end, .fail, .beat:
        if let now = newest[line.task], now != line.instance {
          breaches.append(
            Breach(law: 2, what: "\(line.task): \(line.instance) still wrote after \(now) had begun"))
        }
      case .done, .crash: break
      }
    }
    return breaches
  }

  /// Law 3: no task starts before its upstream tasks have ended successfully. At every crash, the upstream tasks of a
  /// started task are DONE in the store.
  private func startsBeforeUpstreams(_ ledger: Ledger) -> [Breach] {
    var ended: Set<String> = []
    var done: Set<String> = []
    var started: Set<String> = []
    var breaches: [Breach] = []
    for line in ledger.lines {
      switch line.word {
      case .start:
        started.insert(line.task)
        guard let upstreams = plan.upstreams[line.task] else {
          breaches.append(Breach(law: 3, what: "\(line.task) is not a task of the plan"))
          continue
        }
        for upstream in upstreams where !ended.contains(upstream) {
          breaches.append(Breach(law: 3, what: "\(line.task) began before \(upstream) had ended"))
        }
      case .end: ended.insert(line.task)
      case .done:
        done.insert(line.task)
        if !ended.contains(line.task) {
          breaches.append(Breach(law: 3, what: "\(line.task) is DONE in the store and never ended"))
        }
      case .crash:
        for task in started {
          for upstream in plan.upstreams[task] ?? [] where !done.contains(upstream) {
            breaches.append(Breach(law: 3, what: "\(task) began, and its upstream \(upstream) is not DONE"))
          }
        }
      case .fail, .beat, .overlap: break
      }
    }
    return breaches
  }

  /// Law 4: within one run a task fails at most `maxAttempts` times, and no attempt has a higher number.
  private func attempts(_ ledger: Ledger) -> [Breach] {
    struct Key: Hashable {
      var run: Int
      var task: String
    }
    var failures: [Key: Int] = [:]
    var breaches: [Breach] = []
    for line in ledger.lines {
      if line.word == .start, !(1...plan.maxAttempts).contains(line.attempt) {
        breaches.append(Breach(law: 4, what: "\(line.task) was given attempt number \(line.attempt)"))
      }
      guard line.word == .fail else { continue }
      let key = Key(run: line.run, task: line.task)
      failures[key, default: 0] += 1
      if failures[key] == plan.maxAttempts + 1 {
        breaches.append(
          Breach(law: 4, what: "\(line.task) failed more than \(plan.maxAttempts) times in run \(line.run)"))
      }
    }
    return breaches
  }

  /// Law 5: the limit on concurrent tasks is never exceeded. A command writes its first line after its start and its
  /// last line before its end, so tasks counted here really ran at the same time.
  private func limits(_ ledger: Ledger) -> [Breach] {
    var running: Set<String> = []
    return ledger.lines.compactMap { line in
      switch line.word {
      case .start: running.insert(line.task)
      case .end, .fail: running.remove(line.task)
      case .crash: running = []
      case .beat, .overlap, .done: break
      }
      guard line.word == .start, running.count > plan.limit else { return nil }
      return Breach(
        law: 5, what: "\(running.count) tasks ran when \(line.task) began; the limit is \(plan.limit)")
    }
  }
}
