/// Decides whether two workflows are the same: SHA-256 over length-prefixed, ordered fields.
public struct WorkflowIdentity: Hashable, Sendable {
  /// Template version + node_args, 32 bytes per task, in the order of the definition.
  public var nodes: [UInt8]
  /// Sorted (node hash, hash of its upstream set).
  public var dag: Digest32
  /// Sorted task hashes (node + task_args).
  public var taskSet: Digest32
  /// Tool version + DAG + workflow_args + task set.
  public var workflow: Digest32

  /// An identity from existing hashes.
  public init(nodes: [UInt8], dag: Digest32, taskSet: Digest32, workflow: Digest32) {
    self.nodes = nodes
    self.dag = dag
    self.taskSet = taskSet
    self.workflow = workflow
  }
}
