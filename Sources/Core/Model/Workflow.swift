/// A workflow that can be run: its identity, settings and tasks.
///
/// Conformers: a workflow built in Swift, read from a file, imported from a trace, or loaded from the store. The engine
/// and the store use only ``WorkflowDefinition``, to which every workflow can be converted.
public protocol Workflow {
  /// The workflow's identifying fields and settings.
  var header: WorkflowHeader { get }
  /// The templates of its tasks. Tasks refer to them by their index.
  var templates: [TaskTemplate] { get }
  /// The sets to which ``WorkflowTask/upstreams`` refers. Equal sets are stored once.
  var upstreamSets: UpstreamSets { get throws }
  /// The number of tasks in ``forEachTask(_:)``.
  var taskCount: Int { get }
  /// Calls `body` once per task, in the order of the definition.
  func forEachTask(_ body: (any WorkflowTask) throws -> Void) throws
}
