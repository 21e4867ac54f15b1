import JobmonModel

/// The answer to a driver that asks for a workflow's lease.
public enum LeaseGrant: Hashable, Sendable {
  /// The run's id, and the `seq` of its change; the workflow's is the next.
  case granted(WorkflowRunID, seq: Int64)
  /// Another run holds the workflow: nothing was changed.
  case held(LeaseHolder)
}
