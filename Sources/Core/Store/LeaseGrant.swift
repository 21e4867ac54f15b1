import JobmonModel

/// The answer to a driver that requests a workflow's lease.
public enum LeaseGrant: Hashable, Sendable {
  /// The run's id, and the `seq` of its change. The `seq` of the workflow's change is the next number.
  case granted(WorkflowRunID, seq: Int64)
  /// Another run holds the workflow. Nothing was changed.
  case held(LeaseHolder)
}
