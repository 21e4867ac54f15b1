import JobmonModel

/// The task instances whose usage is read. Empty conditions match all instances.
public struct UsageFilter: Hashable, Sendable {
  /// Ids of template versions.
  public var versions: [Int64]
  /// A template's name; `*` and `?` are wildcards, as in file names.
  public var template: String?
  /// The ids of workflows.
  public var workflows: [WorkflowID]
  /// Node arguments: a task must have one of the values of each given argument.
  public var nodeArgs: [String: Set<String>]

  /// A filter with these conditions. Without arguments it matches all instances.
  public init(
    versions: [Int64] = [], template: String? = nil, workflows: [WorkflowID] = [],
    nodeArgs: [String: Set<String>] = [:]
  ) {
    self.versions = versions
    self.template = template
    self.workflows = workflows
    self.nodeArgs = nodeArgs
  }
}
