import JobmonExecution
import JobmonModel
import JobmonStore

/// Everything the engine can want done. Records are committed, in order, before any of the turn's other actions
/// is carried out: so no executor is told of an attempt, and no downstream task started, ahead of the store. Only
/// submissions that an earlier turn has recorded (``Submission/isRecorded``) need not wait.
public enum EngineAction: Codable, Sendable {
  /// Commit this change to the store.
  case record(Transition)
  /// Give these attempts to an executor.
  indirect case submit(Submission)
  /// Have an executor end these attempts.
  case cancel(cluster: Int, [TaskInstanceID])
  /// Take these back unless they have started.
  case withdraw(cluster: Int, [TaskInstanceID])
  /// Ask a cluster whether it can ever run these requests; answered by ``ExecutorEvent/validated(_:_:)``.
  case validate(cluster: Int, [ResourceRequest])
  /// Ask a cluster what became of attempts of earlier runs; answered by ``ExecutorEvent/recovered(_:_:)``.
  case recover(cluster: Int, [RecoverableBatch])
  /// The outcomes of these are recorded; the executor may forget them once they are synced.
  case acknowledge(cluster: Int, [TaskInstanceID])
  /// A callback is to say what a task asks for; answered by ``EngineEvent/resolved(_:_:)``.
  indirect case resolve(ResourceOrder)
  /// Ids for more attempts are wanted.
  case reserveInstanceIDs(Int)
  /// A failed attempt, for people to see.
  indirect case failed(FailedAttempt)
  /// One line for people.
  case notice(String)
  /// The run is over; there are no further actions.
  case finish(RunEnding)
}

/// Attempts for one executor, under one token.
public struct Submission: Codable, Sendable {
  /// One attempt of a task within the submission.
  public struct Attempt: Codable, Sendable {
    /// The task, by its index in the plan's graph.
    public var task: TaskIndex
    /// The attempt's id in the store.
    public var instance: TaskInstanceID
    /// Place in the batch.
    public var index: Int
    /// From 1, in this run.
    public var attempt: Int
    /// The node that the core has chosen; nil where the backend chooses.
    public var node: String?
    /// As ``BatchTask/waits`` and ``BatchTask/places``.
    public var waits: Bool
    /// Places of its node for tasks of its size.
    public var places: Int
  }

  /// The executor's cluster, by its index in ``EnginePlan/clusters``.
  public var cluster: Int
  /// The batch token, unique for all time.
  public var token: String
  /// The template of all its tasks, by its index in ``EnginePlan/templates``.
  public var template: Int
  /// What each attempt asks for.
  public var request: ResourceRequest
  /// Attempts that each task may have in this run for failures of its own: the command is told.
  public var maxAttempts: Int
  /// Whether its attempts were recorded by an earlier turn, and so are committed.
  public var isRecorded: Bool
  /// One for each task, no task twice.
  public var attempts: [Attempt]
}

/// A question to a callback.
public struct ResourceOrder: Hashable, Codable, Sendable {
  /// The task, by its index in the plan's graph.
  public var task: TaskIndex
  /// The callback's name, as the definition has it.
  public var callback: String
  /// What the task asks for now.
  public var request: ResourceRequest
  /// The resource that ran out; nil: the task has become ready.
  public var ranOut: ScalableResource?
  /// How often that resource has run out in this run.
  public var failures: Int
}

/// A failure of a task that people are told of as it happens.
public struct FailedAttempt: Codable, Sendable {
  /// The task, by its index in the plan's graph.
  public var task: TaskIndex
  /// nil where there was none.
  public var instance: TaskInstanceID?
  /// How many attempts the task has had in this run; 0 where none was made.
  public var attempt: Int
  /// How the attempt ended; nil where there was none.
  public var outcome: Outcome?
  /// What the attempt had asked for.
  public var request: ResourceRequest?
  /// Why, in a sentence for people.
  public var reason: String
  /// Whether the task will be tried again in this run.
  public var willRetry: Bool
}
