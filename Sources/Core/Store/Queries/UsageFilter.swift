import JobmonModel

/// Of which task instances the usage is wanted; what is left empty restricts nothing.
public struct UsageFilter: Hashable, Sendable {
  /// Ids of template versions.
  public var versions: [Int64]
  /// A template's name; `*` and `?` stand for what they stand for in file names.
  public var template: String?
  /// Workflows whose instances count.
  public var workflows: [WorkflowID]
  /// Values of node arguments: a task has one of the values of each argument that is named.
  public var nodeArgs: [String: Set<String>]

  /// A filter that restricts nothing, but for what is given.
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
