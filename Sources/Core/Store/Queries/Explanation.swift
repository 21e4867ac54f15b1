import JobmonModel

/// Why a task is not running now, or what a workflow is doing (`explain`).
public struct Explanation: Hashable, Codable, ListedRow {
  /// nil: of the workflow as a whole.
  public var task: TaskID?
  /// As listings show it.
  public var state: String
  /// One sentence, that of the reason which has to go away first.
  public var because: String
  /// What a person needs to go on from there.
  public var details: String

  public enum CodingKeys: String, CodingKey, CaseIterable {
    case task = "task_id"
    case state, because, details
  }

  public var values: [JSONValue] { [JSONValue(task), .string(state), .string(because), .string(details)] }
}

/// What a workflow is at while nothing changes.
public struct Standstill: Hashable, Sendable {
  public enum Kind: Hashable, Sendable { case runs, waitsInCluster, waits }

  public var kind: Kind
  /// How many tasks are so.
  public var count: Int
  /// The one that has been so for the longest time.
  public var task: TaskID
  public var name: String
  public var since: Timestamp?
  /// Its node, else its cluster.
  public var place: String?
  /// Why it waits, as far as that is known.
  public var reason: String?
}
