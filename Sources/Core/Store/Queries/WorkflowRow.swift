import JobmonModel

/// Which workflows a listing shows; what is left empty restricts nothing.
public struct WorkflowFilter: Hashable, Sendable {
  public var ids: [WorkflowID]
  /// Names of the users who bound them.
  public var users: [String]
  public var name: String?
  public var tool: String?
  public var statuses: [WorkflowStatus]
  /// All of these must be there with these values.
  public var attributes: [String: String]
  /// Bound at this time or later.
  public var since: Timestamp?
  /// The most rows; nil is all. Does not apply where `ids` are named.
  public var limit: Int?

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

/// One workflow with the counts of its tasks by what people see (`workflow_status`).
public struct WorkflowRow: Hashable, Codable, ListedRow {
  public var id: WorkflowID
  public var name: String
  public var status: WorkflowStatus
  public var created: Timestamp
  public var tasks: Int
  public var pending: Int
  public var scheduled: Int
  public var running: Int
  public var done: Int
  public var fatal: Int
  /// Retries of all its tasks in all its runs.
  public var retries: Int
  /// That its driver is dead or silent; nil where there is nothing to tell.
  public var driver: DriverState?

  public enum CodingKeys: String, CodingKey, CaseIterable {
    case id = "wf_id"
    case name = "wf_name"
    case status = "wf_status"
    case created = "created_date"
    case tasks, pending, scheduled, running, done, fatal, retries, driver
  }

  public static var columnCount: Int { 11 }

  public var values: [JSONValue] {
    [
      .integer(id), .string(name), .string(status.rawValue), JSONValue(created), JSONValue(tasks),
      JSONValue(pending), JSONValue(scheduled), JSONValue(running), JSONValue(done), JSONValue(fatal),
      JSONValue(retries), JSONValue(driver?.words),
    ]
  }

  public var shown: [JSONValue] {
    var shown = Array(values.prefix(Self.columnCount))
    shown[2] = .string(driver.told(status.rawValue))
    return shown
  }
}
