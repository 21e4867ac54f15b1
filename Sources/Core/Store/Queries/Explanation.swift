import JobmonModel

/// Why a task is not running now, or what a workflow is doing (`explain`).
public struct Explanation: Hashable, Codable, ListedRow {
  /// nil: of the workflow as a whole.
  public var task: TaskID?
  /// As listings show it.
  public var state: String
  /// One sentence, that of the reason which has to go away first.
  public var because: String
  /// What else is known.
  public var details: String
  /// What a person can do; not part of the JSON.
  public var advice: Advice?

  /// The JSON keys, in order; in upper case, the columns of a table.
  public enum CodingKeys: String, CodingKey, CaseIterable {
    case task = "task_id"
    case state, because, details
  }

  /// A value for every key, in the order of ``CodingKeys``.
  public var values: [JSONValue] { [JSONValue(task), .string(state), .string(because), .string(details)] }
}

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
  public var place: String?
  /// Why it waits, as far as that is known.
  public var reason: String?
}
