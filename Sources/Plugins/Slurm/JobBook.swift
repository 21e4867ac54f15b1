import JobmonCore
import WorkerProtocol

/// Every submitted batch and the state of its tasks. All times are monotonic milliseconds.
struct JobBook {
  struct Task {
    let instance: TaskInstanceID
    var state = JobState.unseen(JobHistory())
  }

  struct Record {
    let files: BatchFiles
    let request: ResourceRequest
    /// Arrays that were submitted with this token: one, or several if an answer was lost.
    var jobs: Set<UInt32> = []
    /// The tasks that have not ended, by their index in the array.
    var open: [Int: Task] = [:]
    /// The tasks that have ended and are not acknowledged.
    var ended: [Int: Task] = [:]
  }

  /// An effect of an observation of a task.
  struct Consequence {
    var instance: TaskInstanceID
    var effect: JobEffect
  }

  private(set) var batches: [String: Record] = [:]
  private var locations: [TaskInstanceID: (token: String, index: Int)] = [:]

  var isEmpty: Bool { batches.values.allSatisfy(\.open.isEmpty) }

  mutating func add(_ token: String, _ record: Record) {
    if let old = batches[token] {
      for task in old.open.values { locations[task.instance] = nil }
    }
    batches[token] = record
    for (index, task) in record.open { locations[task.instance] = (token, index) }
  }

  /// The batch of an instance, and its index in the array.
  func location(of instance: TaskInstanceID) -> (token: String, index: Int)? { locations[instance] }

  func isOpen(_ instance: TaskInstanceID) -> Bool {
    locations[instance].map { batches[$0.token]?.open[$0.index] != nil } ?? false
  }

  /// Applies an observation of a task.
  mutating func observe(_ observation: JobObservation, of index: Int, in token: String, _ rules: JobRules)
    -> [Consequence]
  {
    // Hold no copy of the record: a change would then copy all its tasks.
    guard let task = batches[token]?.open[index] ?? batches[token]?.ended[index] else { return [] }
    var rules = rules
    rules.memory = batches[token]?.request.memory
    let (state, effects) = JobState.transition(task.state, observation, rules)
    if state != task.state { put(Task(instance: task.instance, state: state), index, token) }
    return effects.map { Consequence(instance: task.instance, effect: $0) }
  }

  private mutating func put(_ task: Task, _ index: Int, _ token: String) {
    switch task.state {
    case .forgotten:
      batches[token]?.open[index] = nil
      batches[token]?.ended[index] = nil
      locations[task.instance] = nil
    case .ended:
      batches[token]?.open[index] = nil
      batches[token]?.ended[index] = task
    default: batches[token]?.open[index] = task
    }
  }

  /// Acknowledges instances. Returns the batches that are complete.
  mutating func acknowledge(_ instances: [TaskInstanceID], _ rules: JobRules) -> [Record] {
    var touched: Set<String> = []
    for instance in instances {
      guard let (token, index) = locations[instance] else { continue }
      _ = observe(.acknowledged, of: index, in: token, rules)
      touched.insert(token)
    }
    return touched.sorted().compactMap { token in
      guard let record = batches[token], record.open.isEmpty, record.ended.isEmpty else { return nil }
      batches[token] = nil
      return record
    }
  }

  /// The questions to look up in a batch's folder now.
  func questions(in token: String, at now: Int64, _ rules: JobRules) -> [(index: Int, question: JobQuestion)]
  {
    (batches[token]?.open ?? [:]).compactMap { index, task in
      task.state.question(at: now, rules).map { (index, $0) }
    }.sorted { $0.index < $1.index }
  }

  // MARK: What the controller shows

  /// Applies the controller's records.
  ///
  /// - Returns: the consequences, whether a job's state has changed, and jobs to cancel that were not known before.
  mutating func update(_ jobs: [(job: SlurmJob, record: JobRecord)], now: Int64, _ rules: JobRules) -> (
    consequences: [Consequence], hasChanged: Bool, toCancel: [String]
  ) {
    var shown: [String: [Int: JobRecord]] = [:]
    var toCancel: [String] = []
    for (job, found) in jobs {
      guard let token = Self.token(of: job.name), let record = batches[token] else { continue }
      if batches[token]?.jobs.insert(job.array).inserted == true {
        let cancelled = record.open.filter { $0.value.state.history?.isCancelled == true }.map(\.key)
        if cancelled.count == record.open.count, !cancelled.isEmpty {
          toCancel.append("\(job.array)")
        } else if !cancelled.isEmpty {
          toCancel.append("\(job.array)_[\(rangeText(cancelled))]")
        }
      }
      for index in job.tasks.indices where record.open[index] != nil {
        // Of two arrays with the same token, the live one counts.
        if let other = shown[token]?[index], other.weight >= found.weight { continue }
        shown[token, default: [:]][index] = found
      }
    }
    var consequences: [Consequence] = []
    var hasChanged = false
    for token in batches.keys.sorted() {
      for index in batches[token]?.open.keys.sorted() ?? [] {
        let before = batches[token]?.open[index]?.state.record?.state
        let observation = shown[token]?[index].map { JobObservation.shown($0, at: now) }
        consequences += observe(observation ?? .notShown(at: now), of: index, in: token, rules)
        if batches[token]?.open[index]?.state.record?.state != before { hasChanged = true }
      }
    }
    return (consequences, hasChanged, toCancel)
  }

  /// Jobs of batches with tasks that the controller has not shown for this many milliseconds.
  func absent(for least: Int64, now: Int64) -> [UInt32] {
    batches.values.filter { record in
      record.open.values.contains { task in
        if case .absent(_, let since) = task.state { now - since >= least } else { false }
      }
    }.flatMap(\.jobs).sorted()
  }

  /// Applies accounting records.
  mutating func account(_ jobs: [(job: SlurmJob, record: JobRecord)], now: Int64, _ rules: JobRules) {
    for (job, record) in jobs {
      guard let token = Self.token(of: job.name), case .one(let index) = job.tasks else { continue }
      _ = observe(.accounts(record, at: now), of: index, in: token, rules)
    }
  }

  /// Records that the controller does not answer.
  mutating func noteSilence(_ rules: JobRules) {
    for token in Array(batches.keys) {
      for index in batches[token].map({ Array($0.open.keys) }) ?? [] {
        _ = observe(.unanswered, of: index, in: token, rules)
      }
    }
  }

  /// The name of a job, which ends with the token of its batch.
  static func name(template: String, token: String) -> String {
    // Slurm accepts any name, but some characters are inconvenient in shells.
    String(template.map { $0.isLetter || $0.isNumber || "-_".contains($0) ? $0 : "_" }.prefix(60)) + "."
      + token
  }

  static func token(of name: String) -> String? { name.split(separator: ".").last.map(String.init) }
}

extension JobRecord {
  /// - Parameter text: the state in Slurm's words.
  init(_ job: SlurmJob, text: String) {
    self.init(
      state: SlurmState(raw: job.state), restarts: job.restarts, exitStatus: job.exitStatus,
      started: job.started, node: job.node, reason: job.reason, text: text)
  }
}

extension SlurmJob.Tasks {
  var indices: Set<Int> {
    switch self {
    case .one(let index): [index]
    case .pending(let indices): indices
    }
  }
}
