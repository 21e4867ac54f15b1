/// Something that can be run: who it is, its settings, its tasks.
///
/// Conformers: a workflow built in Swift, one read from a file, one imported from a trace, one loaded back from the
/// store. The engine and the store see only ``WorkflowDefinition``, which every workflow can be poured into.
public protocol Workflow {
  /// Who the workflow is, and its settings.
  var header: WorkflowHeader { get }
  /// The templates of its tasks; tasks name them by their index here.
  var templates: [TaskTemplate] { get }
  /// The sets that ``WorkflowTask/upstreams`` names; equal sets are one.
  var upstreamSets: UpstreamSets { get throws }
  /// How many tasks ``forEachTask(_:)`` gives.
  var taskCount: Int { get }
  /// Calls `body` once per task, in the order of the definition.
  func forEachTask(_ body: (any WorkflowTask) throws -> Void) throws
}
