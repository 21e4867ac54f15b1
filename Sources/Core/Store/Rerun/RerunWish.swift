import JobmonModel

/// A rerun that is asked of a live run: the run takes it up in one commit, or refuses it.
public struct RerunWish: Hashable, Codable, Sendable {
  /// Its id in the store.
  public var id: Int64
  /// Who wants it.
  public var user: String
  /// The tasks, by index; all tasks downstream of them run again, too.
  public var tasks: [TaskIndex]
  /// What some of ``tasks`` are to ask for from now on.
  public var requests: [OwnRequest]
  /// Those of ``tasks`` whose last attempt ran out of a resource: as in a resume, they get more of it.
  public var failures: [ResourceFailure]

  /// A wish as it is read from the store.
  public init(
    id: Int64, user: String, tasks: [TaskIndex], requests: [OwnRequest] = [],
    failures: [ResourceFailure] = []
  ) {
    self.id = id
    self.user = user
    self.tasks = tasks
    self.requests = requests
    self.failures = failures
  }
}

/// How a live run has answered a wish, with all that changes: one commit.
public struct RerunRecord: Hashable, Codable, Sendable {
  /// ``RerunWish/id``
  public var wish: Int64
  /// Who wants it.
  public var user: String
  /// Tasks that were DONE and are PENDING.
  public var done: [TaskIndex]
  /// Tasks that were FATAL and are PENDING.
  public var fatal: [TaskIndex]
  /// What tasks ask for from now on.
  public var requests: [OwnRequest]
  /// Why nothing was changed; nil: it was taken up.
  public var obstacle: RerunObstacle?
  /// When, by the wall clock.
  public var at: Timestamp

  /// A wish that is taken up.
  public init(
    _ wish: RerunWish, done: [TaskIndex], fatal: [TaskIndex], requests: [OwnRequest], at: Timestamp
  ) {
    self.wish = wish.id
    user = wish.user
    self.done = done
    self.fatal = fatal
    self.requests = requests
    self.at = at
  }

  /// A wish that is refused: nothing changes.
  public init(_ wish: RerunWish, _ obstacle: RerunObstacle, at: Timestamp) {
    self.wish = wish.id
    user = wish.user
    done = []
    fatal = []
    requests = []
    self.obstacle = obstacle
    self.at = at
  }

  /// How many tasks are set back.
  public var count: Int { done.count + fatal.count }
}

/// Why a live run cannot run tasks again.
public enum RerunObstacle: Hashable, Codable, Sendable {
  /// The task is submitted or running, and is one of those that would run again.
  case running(TaskIndex)
  /// No queue takes the task with its new resources; why.
  case impossible(TaskIndex, String)
}
