import JobmonModel

/// What a workflow is waiting for while nothing changes.
public struct Standstill: Hashable, Sendable {
  /// The state of the tasks: their commands run, they wait in the cluster, or they wait and nothing is in the cluster.
  public enum Kind: Hashable, Sendable { case runs, waitsInCluster, waits }

  /// The first of these states that any task is in.
  public var kind: Kind
  /// The number of tasks in this state.
  public var count: Int
  /// The task that has been in this state longest.
  public var task: TaskID
  /// The name of ``task``.
  public var name: String
  /// When its attempt started, or else when it was created; nil if it has no open attempt.
  public var since: Timestamp?
  /// Its node, or else its cluster; nil if it has no open attempt.
  public var location: String?
  /// Why it waits; nil if this is not known.
  public var reason: String?
}
