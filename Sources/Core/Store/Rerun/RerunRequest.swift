import JobmonModel

/// A rerun requested of a live run. The run accepts it in one commit, or refuses it.
public struct RerunRequest: Hashable, Codable, Sendable {
  /// Its id in the store.
  public var id: Int64
  /// The user who has requested it.
  public var user: String
  /// The tasks. All tasks downstream of them are rerun, too.
  public var tasks: [TaskIndex]
  /// New resources of some of ``tasks``.
  public var overrides: [ResourceOverride]
  /// Those of ``tasks`` whose last attempt ran out of a resource. As in a resume, they get more of it.
  public var failures: [ResourceFailure]

  /// A request as read from the store.
  public init(
    id: Int64, user: String, tasks: [TaskIndex], overrides: [ResourceOverride] = [],
    failures: [ResourceFailure] = []
  ) {
    self.id = id
    self.user = user
    self.tasks = tasks
    self.overrides = overrides
    self.failures = failures
  }
}

/// The answer of a live run to a ``RerunRequest``, with all changes: one commit.
public struct RerunRecord: Hashable, Codable, Sendable {
  /// ``RerunRequest/id``
  public var request: Int64
  /// The user who has requested it.
  public var user: String
  /// Tasks that were DONE and are PENDING.
  public var done: [TaskIndex]
  /// Tasks that were FATAL and are PENDING.
  public var fatal: [TaskIndex]
  /// New resources of tasks.
  public var overrides: [ResourceOverride]
  /// Why nothing was changed; nil if the request was accepted.
  public var obstacle: RerunObstacle?
  /// The time of the answer by the wall clock.
  public var at: Timestamp

  /// A request that is accepted.
  public init(
    _ request: RerunRequest, done: [TaskIndex], fatal: [TaskIndex], overrides: [ResourceOverride],
    at: Timestamp
  ) {
    self.request = request.id
    user = request.user
    self.done = done
    self.fatal = fatal
    self.overrides = overrides
    self.at = at
  }

  /// A request that is refused. Nothing changes.
  public init(_ request: RerunRequest, _ obstacle: RerunObstacle, at: Timestamp) {
    self.request = request.id
    user = request.user
    done = []
    fatal = []
    overrides = []
    self.obstacle = obstacle
    self.at = at
  }

  /// The number of tasks reset.
  public var count: Int { done.count + fatal.count }
}

/// Why a live run cannot rerun tasks.
public enum RerunObstacle: Hashable, Codable, Sendable {
  /// The task is submitted or running, and would be rerun.
  case running(TaskIndex)
  /// No queue takes the task with its new resources, for this reason.
  case impossible(TaskIndex, String)
}
