import JobmonModel

/// What a workflow is at while nothing changes.
public struct Standstill: Hashable, Sendable {
  /// What the tasks are at: their commands run, they wait in the cluster, or they wait and nothing is in the cluster.
  public enum Kind: Hashable, Sendable { case runs, waitsInCluster, waits }

  /// What the tasks are at; the first of these that any task is at.
  public var kind: Kind
  /// How many tasks are so.
  public var count: Int
  /// The one that has been so for the longest time.
  public var task: TaskID
  /// The name of ``task``.
  public var name: String
  /// When its attempt started, else when it was made; nil where it has no open attempt.
  public var since: Timestamp?
  /// Its node, else its cluster.
  public var location: String?
  /// Why it waits, as far as that is known.
  public var reason: String?
}
