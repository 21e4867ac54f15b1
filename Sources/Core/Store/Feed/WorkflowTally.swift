import JobmonCollections
import JobmonModel

/// The numbers of a workflow's tasks in each state, by template. They are counted once, and then updated from the feed.
struct WorkflowTally {
  private struct Open {
    var task: TaskID
    var word: TaskWord
    var started: Timestamp?
  }

  private let firstTask: TaskID
  /// By task: the index of its template.
  private var templates: [Int32] = []
  private(set) var counts: [RunProgress.Counts]
  private var open = InstanceTable<Open>()
  /// By template: the number of measured run times, and their sum in seconds.
  var runtimes: [(count: Int, seconds: Double)]

  init(firstTask: TaskID, templates: Int, tasks: Int) {
    self.firstTask = firstTask
    counts = Array(repeating: RunProgress.Counts(), count: templates)
    runtimes = Array(repeating: (0, 0), count: templates)
    self.templates.reserveCapacity(tasks)
  }

  /// Adds the next task with its stored status.
  mutating func add(template index: Int, _ status: TaskStatus) {
    templates.append(Int32(index))
    counts[index][status.word] += 1
  }

  /// Adds an attempt that has not ended.
  mutating func add(open instance: TaskInstanceID, of task: TaskID, _ word: TaskWord, started: Timestamp?) {
    open[instance] = Open(task: task, word: .pending, started: started)
    move(instance, to: word)
  }

  /// Applies a change of the workflow.
  ///
  /// - Returns: false if everything must be counted again.
  mutating func take(_ change: Change) -> Bool {
    switch change.what {
    case .instantiated(let attempts):
      for attempt in attempts { open[attempt.instance] = Open(task: attempt.task, word: .pending) }
    case .launched(let attempts): for attempt in attempts { move(attempt.instance, to: .scheduled) }
    case .started(let attempt, _):
      if let index = open.index(of: attempt.instance) { open.values[index].started = change.time }
      move(attempt.instance, to: .running)
    case .ended(let end):
      guard let attempt = open.removeValue(forKey: end.attempt.instance) else { return false }
      guard end.from != .done, let template = templateIndex(of: attempt.task) else { break }
      counts[template][attempt.word] -= 1
      counts[template][end.taskStatus.word] += 1
      if end.taskStatus == .done, let started = attempt.started {
        runtimes[template].count += 1
        runtimes[template].seconds += Double(max(0, change.time.rawValue - started.rawValue)) / 1000
      }
    // Mostly changes by the user. Attempts may be open that no longer count.
    case .tasks: return false
    case .workflow, .run, .stopRequested, .limit: break
    }
    return true
  }

  private mutating func move(_ instance: TaskInstanceID, to word: TaskWord) {
    guard let index = open.index(of: instance),
      let template = templateIndex(of: open.values[index].task)
    else { return }
    counts[template][open.values[index].word] -= 1
    counts[template][word] += 1
    open.values[index].word = word
  }

  /// The index of a task's template.
  func template(_ task: TaskIndex) -> Int { Int(templates[Int(task)]) }

  private func templateIndex(of task: TaskID) -> Int? {
    let index = Int(task - firstTask)
    return templates.indices.contains(index) ? Int(templates[index]) : nil
  }
}
