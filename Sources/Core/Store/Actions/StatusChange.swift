import JobmonModel

/// What setting the status of tasks by hand changes.
public struct StatusChange: Hashable, Sendable {
  public var workflow: WorkflowID
  /// `done` or `registering`.
  public var to: TaskStatus
  /// The tasks that change, in order, as they are before.
  public var tasks: [TaskRow]
  public var workflowFrom: WorkflowStatus
  public var workflowTo: WorkflowStatus
}

/// A person who acts on a store.
public struct Operator: Hashable, Sendable {
  public var uid: UInt32
  public var user: String

  public init(uid: UInt32, user: String) {
    self.uid = uid
    self.user = user
  }
}
