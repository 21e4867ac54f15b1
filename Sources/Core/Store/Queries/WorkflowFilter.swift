import JobmonModel

/// Which workflows a listing shows; what is left empty restricts nothing.
public struct WorkflowFilter: Hashable, Sendable {
  /// Keys of workflows; empty: all.
  public var ids: [WorkflowID]
  /// Names of the users who bound them.
  public var users: [String]
  /// A workflow's name; `*` and `?` stand for what they stand for in file names.
  public var name: String?
  /// A tool's name; `*` and `?` stand for what they stand for in file names.
  public var tool: String?
  /// The states that are shown; empty: all.
  public var statuses: [WorkflowStatus]
  /// All of these must be there with these values.
  public var attributes: [String: String]
  /// Bound at this time or later.
  public var since: Timestamp?
  /// The most rows; nil is all. Does not apply where `ids` are named.
  public var limit: Int?

  /// A filter that restricts nothing, but for what is given.
  public init(
    ids: [WorkflowID] = [], users: [String] = [], name: String? = nil, tool: String? = nil,
    statuses: [WorkflowStatus] = [], attributes: [String: String] = [:], since: Timestamp? = nil,
    limit: Int? = nil
  ) {
    self.ids = ids
    self.users = users
    self.name = name
    self.tool = tool
    self.statuses = statuses
    self.attributes = attributes
    self.since = since
    self.limit = limit
  }
}
