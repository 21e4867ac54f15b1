import JobmonModel

/// The workflows that a listing shows. Empty conditions match all workflows.
public struct WorkflowFilter: Hashable, Sendable {
  /// The ids of workflows; empty means all.
  public var ids: [WorkflowID]
  /// The names of the users who bound them; empty means all.
  public var users: [String]
  /// A workflow's name; `*` and `?` are wildcards, as in file names.
  public var name: String?
  /// A tool's name; `*` and `?` are wildcards, as in file names.
  public var tool: String?
  /// The statuses; empty means all.
  public var statuses: [WorkflowStatus]
  /// Attributes that a workflow must have with these values.
  public var attributes: [String: String]
  /// Only workflows that were bound at this time or later.
  public var since: Timestamp?
  /// Maximum number of rows; nil means all. Ignored if `ids` are given.
  public var limit: Int?

  /// A filter with these conditions. Without arguments it matches all workflows.
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
