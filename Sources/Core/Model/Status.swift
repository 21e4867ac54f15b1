/// Where a task is in its life, by the letters of the store.
public enum TaskStatus: String, CaseIterable, Codable, Sendable {
  /// Waits for its upstreams.
  case registering = "G"
  /// Ready: waits for a place.
  case queued = "Q"
  /// An attempt is committed; the executor is about to be told.
  case instantiated = "I"
  /// The executor has accepted it.
  case launched = "O"
  /// Its command runs, as far as the cluster has said.
  case running = "R"
  /// An attempt has ended with exit code 0, or a person has set the task to DONE.
  case done = "D"
  /// Failed, and will be tried again with the same resources.
  case error = "E"
  /// Failed for want of a resource, and will be tried again with more.
  case adjusting = "A"
  /// Failed for good in this run.
  case fatal = "F"

  /// What people see.
  public var word: TaskWord {
    switch self {
    case .registering, .queued, .instantiated, .error, .adjusting: .pending
    case .launched: .scheduled
    case .running: .running
    case .done: .done
    case .fatal: .fatal
    }
  }
}

/// The five words for a task's state in everything that people and programs read.
public enum TaskWord: String, CaseIterable, Codable, Sendable {
  /// It waits: for other tasks, for a limit, for a free slot, or for its next attempt.
  case pending = "PENDING"
  /// The cluster has accepted it, and has not started it.
  case scheduled = "SCHEDULED"
  /// Its command runs.
  case running = "RUNNING"
  /// It is done, and never runs again unless a person resets it.
  case done = "DONE"
  /// It has failed for good in this run; a resume tries it again.
  case fatal = "FATAL"
}

/// Where a workflow is in its life. The raw values are stored, and are part of the contract.
public enum WorkflowStatus: String, CaseIterable, Codable, Sendable {
  /// It is being stored: not all of its tasks are there yet.
  case registering = "REGISTERING"
  /// It is stored as a whole, and has not been run.
  case queued = "QUEUED"
  /// Of the contract; this version does not set it.
  case instantiating = "INSTANTIATING"
  /// Of the contract; this version does not set it.
  case launched = "LAUNCHED"
  /// A run holds it, or held it until its driver died.
  case running = "RUNNING"
  /// All of its tasks are done.
  case done = "DONE"
  /// Its last run was stopped or has handed over to a resume, or a person has set tasks of it back.
  case halted = "HALTED"
  /// Its last run ended by itself before all tasks were done: tasks are FATAL, or a fail-fast or a time-out ended
  /// it.
  case failed = "FAILED"
  /// Another workflow has taken its place: changes of its definition were accepted.
  case aborted = "ABORTED"
}

/// Where a task instance, one attempt, is in its life. The raw values are stored, and are part of the contract.
public enum TaskInstanceStatus: String, CaseIterable, Codable, Sendable {
  /// Of the contract; this version does not set it.
  case queued = "QUEUED"
  /// It is committed; the executor is about to be told of it.
  case instantiated = "INSTANTIATED"
  /// The executor has accepted it.
  case launched = "LAUNCHED"
  /// Its command runs.
  case running = "RUNNING"
  /// Its command ended with exit code 0.
  case done = "DONE"
  /// It failed, and its task is tried again.
  case error = "ERROR"
  /// It failed, and its task is not tried again in this run.
  case fatal = "FATAL"
  /// We ended it ourselves, or it ended with us: it does not count as a failure.
  case killed = "KILLED"
  /// The cluster no longer knows it, or shows a state without a meaning.
  case unknown = "UNKNOWN"
  /// It could not be started.
  case noDistributorID = "NO_DISTRIBUTOR_ID"
  /// Of the contract; this version does not set it.
  case noHeartbeat = "NO_HEARTBEAT"
  /// It ran out of memory or time, whether its task is tried again or not.
  case resourceError = "RESOURCE_ERROR"

  /// Whether nothing more is expected of it.
  public var isFinal: Bool {
    switch self {
    case .queued, .instantiated, .launched, .running: false
    default: true
    }
  }
}

/// Where a workflow run is in its life. The raw values are stored, and are part of the contract.
public enum WorkflowRunStatus: String, CaseIterable, Codable, Sendable {
  /// Of the contract; this version does not set it.
  case registered = "REGISTERED"
  /// Of the contract; this version does not set it.
  case bound = "BOUND"
  /// Of the contract; this version does not set it.
  case instantiated = "INSTANTIATED"
  /// It holds the workflow, or did when its driver died.
  case running = "RUNNING"
  /// It ended because all tasks are done.
  case done = "DONE"
  /// It ended by itself before all tasks were done: tasks are FATAL, or a fail-fast or a time-out ended it.
  case error = "ERROR"
  /// It ended at an interrupt, or because a person asked for it.
  case stopped = "STOPPED"
  /// It has handed over to a resume, or its driver was found dead.
  case terminated = "TERMINATED"
  /// A resume that ends what still runs: what the history names as the state before RUNNING.
  case coldResume = "COLD_RESUME"
  /// A resume that takes over what still runs: what the history names as the state before RUNNING.
  case hotResume = "HOT_RESUME"

  /// Whether the run is over.
  public var isFinal: Bool {
    switch self {
    case .done, .error, .stopped, .terminated: true
    default: false
    }
  }
}
