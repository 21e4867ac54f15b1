import JobmonExecution
import JobmonModel
import JobmonStore

/// An action for the driver. Records are committed, in order, before any of the turn's other actions is carried out. So
/// no executor receives an attempt, and no downstream task starts, before the store contains it. Submissions that an
/// earlier turn has recorded (``Submission/isRecorded``) do not wait.
public enum EngineAction: Codable, Sendable {
  /// Commit this change to the store.
  case record(Transition)
  /// Submit these attempts to an executor.
  indirect case submit(Submission)
  /// Cancel these attempts.
  case cancel(cluster: Int, [TaskInstanceID])
  /// Withdraw these attempts unless they have started.
  case withdraw(cluster: Int, [TaskInstanceID])
  /// Ask a cluster whether it can ever run these requests; answered by ``ExecutorEvent/validated(_:_:)``.
  case validate(cluster: Int, [ResourceRequest])
  /// Ask a cluster for the state of attempts of earlier runs; answered by ``ExecutorEvent/recovered(_:_:)``.
  case recover(cluster: Int, [RecoverableBatch])
  /// The outcomes of these attempts are recorded; the executor may delete them once they are synced.
  case acknowledge(cluster: Int, [TaskInstanceID])
  /// Ask a callback for a task's request; answered by ``EngineEvent/resolved(_:_:)``.
  indirect case resolve(ResourceOrder)
  /// Reserve ids for more attempts.
  case reserveInstanceIDs(Int)
  /// Report a failed attempt to the user.
  indirect case failed(FailedAttempt)
  /// Show one line to the user.
  case notice(String)
  /// The run is over; no further actions follow.
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
    /// Index in the batch.
    public var index: Int
    /// Attempt number in this run, from 1.
    public var attempt: Int
    /// The node that the core has chosen; nil if the backend chooses.
    public var node: String?
    /// As ``BatchTask/waits`` and ``BatchTask/places``.
    public var waits: Bool
    /// Slots of its node for tasks of its size.
    public var places: Int
  }

  /// The executor's cluster, by its index in ``EnginePlan/clusters``.
  public var cluster: Int
  /// The batch token, globally unique.
  public var token: String
  /// The template of all its tasks, by its index in ``EnginePlan/templates``.
  public var template: Int
  /// The request of each attempt.
  public var request: ResourceRequest
  /// Maximum number of attempts for failures of the task itself; passed to the command.
  public var maxAttempts: Int
  /// Whether an earlier turn recorded the attempts, so they are committed.
  public var isRecorded: Bool
  /// One attempt per task; no task occurs twice.
  public var attempts: [Attempt]
}

/// A question to a callback.
public struct ResourceOrder: Hashable, Codable, Sendable {
  /// The task, by its index in the plan's graph.
  public var task: TaskIndex
  /// The callback's name in the definition.
  public var callback: String
  /// The task's current request.
  public var request: ResourceRequest
  /// The resource that ran out; nil if the task has become ready.
  public var ranOut: ScalableResource?
  /// How often that resource has run out in this run.
  public var failures: Int
}

/// A failure of a task, reported to the user at once.
public struct FailedAttempt: Codable, Sendable {
  /// The task, by its index in the plan's graph.
  public var task: TaskIndex
  /// nil if there was no attempt.
  public var instance: TaskInstanceID?
  /// Number of attempts of the task in this run; 0 if there was none.
  public var attempt: Int
  /// How the attempt ended; nil if there was no attempt.
  public var outcome: Outcome?
  /// The attempt's request.
  public var request: ResourceRequest?
  /// The reason, as a sentence for the user.
  public var reason: String
  /// Whether the task will be retried in this run.
  public var willRetry: Bool
}
