import JobmonCore
import WorkerProtocol

/// Every batch that is out, and what is known of its tasks. All its times are monotonic milliseconds.
struct JobBook {
  /// A task of a batch that has not ended yet.
  struct Member {
    let instance: TaskInstanceID
    let index: Int
    /// Whether the core has asked what became of it: the answer to that comes first.
    var isRecovering = false
    /// Whether we have asked for its end.
    var isCancelled = false
    var isStarted = false
    /// Why it is pending, as it was last told.
    var reason = ""
    var pendingSince: Int64?
    /// What the controller showed last; nil: it shows nothing of it.
    var seen: Seen?
    /// Since when the controller shows it as over, or shows nothing of it.
    var overSince: Int64?
    var absentSince: Int64?
    /// A report on which the cluster still has to say why it asked for the end.
    var report: Heard?
  }

  struct Seen {
    var state: SlurmState
    var restarts: Int
    var exitStatus: UInt32
    var started: Int64
    var node: String
    var reason: String
  }

  struct Heard {
    var report: BatchReport
    var start: Int
    var at: Int64
  }

  struct Record {
    let files: BatchFiles
    let request: ResourceRequest
    /// Arrays that were submitted under this token: one, or more where an answer got lost.
    var jobs: Set<UInt32> = []
    var open: [Int: Member] = [:]
    /// Ended, and not acknowledged yet.
    var ended: Set<TaskInstanceID> = []
  }

  var batches: [String: Record] = [:]
  private var tokens: [TaskInstanceID: (token: String, index: Int)] = [:]

  var isEmpty: Bool { batches.values.allSatisfy(\.open.isEmpty) }
  var openCount: Int { batches.values.reduce(0) { $0 + $1.open.count } }

  mutating func add(_ token: String, _ record: Record) {
    if let old = batches[token] {
      for member in old.open.values { tokens[member.instance] = nil }
    }
    batches[token] = record
    for member in record.open.values { tokens[member.instance] = (token, member.index) }
  }

  func place(of instance: TaskInstanceID) -> (token: String, index: Int)? { tokens[instance] }

  func isOpen(_ instance: TaskInstanceID) -> Bool {
    tokens[instance].map { batches[$0.token]?.open[$0.index] != nil } ?? false
  }

  /// It has ended. Its outcome is the answer where one is owed.
  mutating func end(_ token: String, _ index: Int, _ outcome: Outcome) -> ExecutorEvent? {
    guard let member = batches[token]?.open.removeValue(forKey: index) else { return nil }
    batches[token]?.ended.insert(member.instance)
    return member.isRecovering
      ? .recovered(member.instance, .ended(outcome)) : .ended(member.instance, outcome)
  }

  /// It does not run and will not start.
  mutating func dismiss(_ token: String, _ index: Int) -> ExecutorEvent? {
    guard let member = batches[token]?.open.removeValue(forKey: index) else { return nil }
    tokens[member.instance] = nil
    return .recovered(member.instance, .absent)
  }

  /// The batches of which nothing is left to be told.
  mutating func acknowledge(_ instances: [TaskInstanceID]) -> [Record] {
    var touched: Set<String> = []
    for instance in instances {
      guard let (token, _) = tokens.removeValue(forKey: instance) else { continue }
      batches[token]?.ended.remove(instance)
      touched.insert(token)
    }
    return touched.sorted().compactMap { token in
      guard let record = batches[token], record.open.isEmpty, record.ended.isEmpty else { return nil }
      batches[token] = nil
      return record
    }
  }

  // MARK: What the controller shows

  /// Takes note of the controller's records.
  ///
  /// - Returns: what there is to say, whether anything has changed, and jobs to cancel that were not known before.
  mutating func update(_ jobs: [SlurmJob], now: Int64) -> (
    events: [ExecutorEvent], hasChanged: Bool, toCancel: [String]
  ) {
    var shown: [String: [Int: Seen]] = [:]
    var toCancel: [String] = []
    for job in jobs {
      guard let token = Self.token(of: job.name), let record = batches[token] else { continue }
      if batches[token]?.jobs.insert(job.array).inserted == true {
        let cancelled = record.open.values.filter(\.isCancelled).map(\.index)
        if !cancelled.isEmpty { toCancel.append("\(job.array)_[\(rangeText(cancelled))]") }
      }
      let seen = Seen(
        state: SlurmState(raw: job.state), restarts: job.restarts, exitStatus: job.exitStatus,
        started: job.started, node: job.node, reason: job.reason)
      func note(_ index: Int) {
        guard record.open[index] != nil else { return }
        // Of two arrays with one token, the one that lives counts.
        if let other = shown[token]?[index], other.weight >= seen.weight { return }
        shown[token, default: [:]][index] = seen
      }
      switch job.tasks {
      case .one(let index): note(index)
      case .pending(let indices): for index in indices { note(index) }
      }
    }
    var events: [ExecutorEvent] = []
    var waiting: [String: [TaskInstanceID]] = [:]
    var hasChanged = false
    for token in batches.keys.sorted() {
      for index in (batches[token]?.open.keys.sorted() ?? []) {
        guard var member = batches[token]?.open[index] else { continue }
        let before = member.seen?.state
        if let seen = shown[token]?[index] {
          member.seen = seen
          note(seen, &member, now, &events, &waiting)
        } else if member.absentSince == nil || member.overSince == nil {
          member.seen = nil
          member.overSince = nil
          member.absentSince = member.absentSince ?? now
        }  // else the accounts have said how it ended
        if member.seen?.state != before { hasChanged = true }
        batches[token]?.open[index] = member
      }
    }
    for (reason, instances) in waiting.sorted(by: { $0.key < $1.key }) {
      events.append(.waiting(instances, reason: reason))
    }
    return (events, hasChanged, toCancel)
  }

  private func note(
    _ seen: Seen, _ member: inout Member, _ now: Int64, _ events: inout [ExecutorEvent],
    _ waiting: inout [String: [TaskInstanceID]]
  ) {
    member.absentSince = nil
    guard seen.state.isAlive else {
      // While it completes, its processes are being ended, and its report may be on its way.
      if member.overSince == nil { member.overSince = now }
      return
    }
    member.overSince = nil
    let since = seen.started > 0 ? Timestamp(milliseconds: seen.started * 1000) : nil
    if member.isRecovering, !member.isCancelled {
      member.isRecovering = false
      member.isStarted = seen.state.isRunning
      events.append(
        .recovered(
          member.instance, seen.state.isRunning ? .running(node: seen.node, started: since) : .pending))
    }
    if seen.state.isRunning {
      member.pendingSince = nil
      if !member.isStarted, !member.isRecovering {
        member.isStarted = true
        events.append(.started(member.instance, node: seen.node, at: since ?? .now))
      }
    } else {
      member.pendingSince = member.pendingSince ?? now
      if member.reason != seen.reason, !member.isRecovering {
        member.reason = seen.reason
        waiting[seen.reason, default: []].append(member.instance)
      }
    }
  }

  /// Jobs of batches with tasks that the controller has not shown for so many milliseconds.
  func absent(for least: Int64, now: Int64) -> [UInt32] {
    batches.values.filter { record in
      record.open.values.contains { member in
        member.overSince == nil && member.absentSince.map { now - $0 >= least } ?? false
      }
    }.flatMap(\.jobs).sorted()
  }

  /// What the accounts have of tasks that the controller does not show: how they have ended. That they have nothing, or say
  /// that a job runs, means nothing: they lag behind.
  mutating func account(_ jobs: [SlurmJob], now: Int64) {
    for job in jobs {
      guard let token = Self.token(of: job.name), case .one(let index) = job.tasks,
        var member = batches[token]?.open[index], member.absentSince != nil
      else { continue }
      let state = SlurmState(raw: job.state)
      guard !state.isAlive else { continue }
      member.seen = Seen(
        state: state, restarts: job.restarts, exitStatus: job.exitStatus, started: job.started,
        node: job.node,
        reason: "")
      member.overSince = member.overSince ?? now
      batches[token]?.open[index] = member
    }
  }

  /// The controller did not answer: absence is counted anew.
  mutating func forgetAbsence() {
    for (token, record) in batches {
      for index in record.open.keys { batches[token]?.open[index]?.absentSince = nil }
    }
  }

  /// A job's name ends with the token of its batch.
  static func name(template: String, token: String) -> String {
    // Slurm takes any name; shells and people like some less.
    String(template.map { $0.isLetter || $0.isNumber || "-_".contains($0) ? $0 : "_" }.prefix(60)) + "."
      + token
  }

  static func token(of name: String) -> String? { name.split(separator: ".").last.map(String.init) }
}

extension JobBook.Seen {
  /// How much a record says of a task of which there are several.
  fileprivate var weight: Int { state.isRunning ? 2 : state.isAlive ? 1 : 0 }
}
