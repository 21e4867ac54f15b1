import JobmonExecution
import JobmonModel
import JobmonStore

/// Everything the engine can want done. Records are committed, in order, before any of the turn's other actions
/// is carried out: so no executor is told of an attempt, and no downstream task started, ahead of the store. Only
/// submissions that an earlier turn has recorded (``Submission/isRecorded``) need not wait.
public enum EngineAction: Codable, Sendable {
  case record(Transition)
  indirect case submit(Submission)
  case cancel(cluster: Int, [TaskInstanceID])
  /// Take these back unless they have started.
  case withdraw(cluster: Int, [TaskInstanceID])
  case validate(cluster: Int, [ResourceRequest])
  case recover(cluster: Int, [RecoverableBatch])
  /// The outcomes of these are recorded; the executor may forget them once they are synced.
  case acknowledge(cluster: Int, [TaskInstanceID])
  /// A callback is to say what a task asks for; answered by ``EngineEvent/resolved(_:_:)``.
  indirect case resolve(ResourceOrder)
  /// Ids for more attempts are wanted.
  case reserveInstanceIDs(Int)
  /// A failed attempt, for people to see.
  indirect case failed(FailedAttempt)
  case notice(String)
  /// The run is over; there are no further actions.
  case finish(RunEnding)
}

/// Attempts for one executor, under one token.
public struct Submission: Codable, Sendable {
  public struct Attempt: Codable, Sendable {
    public var task: TaskIndex
    public var instance: TaskInstanceID
    /// Place in the batch.
    public var index: Int
    /// From 1, in this run.
    public var attempt: Int
    public var node: String?
    /// As ``BatchTask/waits`` and ``BatchTask/places``.
    public var waits: Bool
    public var places: Int
  }

  public var cluster: Int
  public var token: String
  public var template: Int
  public var request: ResourceRequest
  public var maxAttempts: Int
  /// Whether its attempts were recorded by an earlier turn, and so are committed.
  public var isRecorded: Bool
  public var attempts: [Attempt]
}

/// A question to a callback.
public struct ResourceOrder: Hashable, Codable, Sendable {
  public var task: TaskIndex
  public var callback: String
  /// What the task asks for now.
  public var request: ResourceRequest
  /// The resource that ran out; nil: the task has become ready.
  public var ranOut: ScalableResource?
  /// How often that resource has run out in this run.
  public var failures: Int
}

public struct FailedAttempt: Codable, Sendable {
  public var task: TaskIndex
  /// nil where there was none.
  public var instance: TaskInstanceID?
  public var attempt: Int
  public var outcome: Outcome?
  /// What the attempt had asked for.
  public var request: ResourceRequest?
  public var reason: String
  public var willRetry: Bool
}
