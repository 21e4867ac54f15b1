import JobmonModel

/// What setting the status of tasks by hand changes.
public struct StatusChange: Hashable, Sendable {
  /// The workflow that all of ``tasks`` belong to.
  public var workflow: WorkflowID
  /// `done` or `registering`.
  public var to: TaskStatus
  /// The tasks that change, in order, as they are before.
  public var tasks: [TaskRow]
  /// The workflow's status before.
  public var workflowFrom: WorkflowStatus
  /// The workflow's status after; equal to ``workflowFrom`` where it stays.
  public var workflowTo: WorkflowStatus
}

/// A person who acts on a store.
public struct Operator: Hashable, Sendable {
  /// The person's real user id (getuid(2)).
  public var uid: UInt32
  /// The person's user name (``CurrentUser/name``): the history names it, and runs of this user are theirs.
  public var user: String

  /// A person by id and name; nothing checks that the two belong together.
  public init(uid: UInt32, user: String) {
    self.uid = uid
    self.user = user
  }
}
