import JobmonGraph
import JobmonModel

/// The effect of a changed definition on the results of the stored workflow.
///
/// A DONE task keeps its result only if the result is still valid: its command is the same (or only its op_args
/// differ), and its upstreams are the same tasks, which all keep their results. All other tasks, and everything
/// downstream of them, are run again. A task is identified by its template's name, its node_args and its task_args.
public struct ChangePlan: Sendable {
  /// Why a DONE task is rerun.
  public enum Reason: Int, CaseIterable, Sendable {
    /// Its command has changed.
    case command
    /// Its op_args have changed, and a rerun was requested for this case.
    case arguments
    /// Its upstreams have changed.
    case upstreams
    /// An upstream task runs or is rerun.
    case downstream
  }

  /// A template whose command has changed.
  public struct TemplateChange: Hashable, Sendable {
    /// The name of the template, the same in both definitions.
    public var name: String
    /// The stored command template.
    public var old: String
    /// The new command template.
    public var new: String

    package init(name: String, old: String, new: String) {
      self.name = name
      self.old = old
      self.new = new
    }
  }

  /// When a DONE task is rerun.
  private enum Rule {
    /// If its result is no longer valid.
    case accept
    /// Never.
    case keepDone
    /// For definitions with the same tasks: if its op_args have changed and a rerun was requested for this case, or if
    /// an upstream task is rerun.
    case resume(rerunsChanged: Bool)
  }

  /// The stored workflow.
  public let workflow: WorkflowID
  /// The differences between the definitions, and their effect on the tasks.
  public private(set) var difference = Difference()

  /// By task of the new definition: the stored task whose result it keeps, or -1.
  package private(set) var source: [TaskIndex]

  /// The plan for a definition that replaces the stored one.
  ///
  /// - Parameter keepsDone: whether to keep the result of every DONE task that is in both definitions, whatever else
  ///   has changed.
  public init(from old: StoredWorkflow, to new: WorkflowDefinition, keepsDone: Bool = false) {
    self.init(from: old, to: new, keepsDone ? .keepDone : .accept)
    difference.templates = Self.changedTemplates(from: old.definition, to: new)
  }

  /// The plan for a definition with the same tasks as the stored one. Its op_args may differ.
  ///
  /// - Parameter rerunsChanged: whether DONE tasks with other op_args are rerun, with all tasks downstream.
  public init(resuming old: StoredWorkflow, as new: WorkflowDefinition, rerunsChanged: Bool) {
    self.init(from: old, to: new, .resume(rerunsChanged: rerunsChanged))
  }

  private init(from old: StoredWorkflow, to new: WorkflowDefinition, _ rule: Rule) {
    workflow = old.record.id
    source = Array(repeating: -1, count: new.taskCount)
    difference.doneBefore = old.statuses.count { $0 == .done }
    let counterparts = TaskCounterparts(of: new, in: old.definition)
    decide(old, new, counterparts, rule)
    for task in counterparts.gone(of: old.definition.taskCount) {
      difference.gone.add(task, of: old.definition)
    }
  }

  // MARK: Comparison

  private static func changedTemplates(from old: WorkflowDefinition, to new: WorkflowDefinition)
    -> [TemplateChange]
  {
    let known = Dictionary(
      old.templates.map { (ExactText($0.name), $0.commandTemplate) }, uniquingKeysWith: { first, _ in first })
    return new.templates.compactMap { template in
      guard let before = known[ExactText(template.name)],
        ExactText(before) != ExactText(template.commandTemplate)
      else { return nil }
      return TemplateChange(name: template.name, old: before, new: template.commandTemplate)
    }
  }

  /// Decides for every task, upstreams first.
  private mutating func decide(
    _ old: StoredWorkflow, _ new: WorkflowDefinition, _ before: TaskCounterparts, _ rule: Rule
  ) {
    // Results for an upstream set apply to all tasks with this set.
    var isKept: [UpstreamSets.ID: Bool] = [:]
    var isSame: [SetPair: Bool] = [:]
    var comparison = ArgumentComparison(from: old.definition, to: new)
    var added: [Int] = []
    var isAgain = [Bool](repeating: false, count: new.taskCount)
    for task in Self.order(of: new) {
      let index = before[task]
      let set = new.tasks.upstreams[task]
      guard index >= 0 else {
        difference.added.add(task, of: new)
        added.append(task)
        continue
      }
      let hasOtherOpArgs = comparison.compare(Int(index), to: task)
      guard old.statuses[Int(index)] == .done else {
        difference.unfinished.add(new.tasks.name(task))
        continue
      }
      difference.keepable += 1
      var reason: Reason?
      switch rule {
      case .keepDone: break
      case .resume(rerunsChanged: false): if hasOtherOpArgs { difference.keptWithOtherOpArgs += 1 }
      case .resume(rerunsChanged: true):
        if hasOtherOpArgs {
          reason = .arguments
        } else if !Self.known(&isKept, set, { !new.upstreamSets[set].contains { isAgain[Int($0)] } }) {
          reason = .downstream
        }
      case .accept:
        let pair = SetPair(new: set, old: old.definition.tasks.upstreams[Int(index)])
        if !Self.isSameCommand(Int(index), of: old.definition, task, of: new) {
          reason = .command
        } else if !Self.known(
          &isSame, pair,
          { Self.isSame(new.upstreamSets[set], old.definition.upstreamSets[pair.old], before) })
        {
          reason = .upstreams
        } else if !Self.known(&isKept, set, { new.upstreamSets[set].allSatisfy { source[Int($0)] >= 0 } }) {
          reason = .downstream
        }
      }
      if let reason {
        isAgain[task] = true
        difference.again[reason, default: Group()].add(new.tasks.name(task))
      } else {
        source[task] = index
        difference.kept.add(new.tasks.name(task))
      }
    }
    Self.compareTaskArgs(of: added, new, before, old.definition, &comparison)
    difference.arguments = comparison.changes
  }

  /// Compares added tasks with removed tasks that have the same node_args. A task with other task_args is another task,
  /// but the user sees it as the same task with changed arguments.
  private static func compareTaskArgs(
    of added: [Int], _ new: WorkflowDefinition, _ before: TaskCounterparts, _ old: WorkflowDefinition,
    _ comparison: inout ArgumentComparison
  ) {
    guard !added.isEmpty, new.templates.contains(where: { !$0.taskArgs.isEmpty }) else { return }
    let (newKeys, oldKeys) = (TaskKeys(new, .nodeArgs), TaskKeys(old, .nodeArgs))
    var gone: [[UInt8]: Int] = [:]
    for task in before.gone(of: old.taskCount) { gone[oldKeys.key(task)] = task }
    for task in added {
      if let other = gone[newKeys.key(task)] { _ = comparison.compare(other, to: task) }
    }
  }

  /// The known answer, or the result of `find`, which is stored.
  private static func known<Key: Hashable>(
    _ answers: inout [Key: Bool], _ key: Key, _ find: () -> Bool
  ) -> Bool {
    if let known = answers[key] { return known }
    let found = find()
    answers[key] = found
    return found
  }

  private struct SetPair: Hashable {
    var new: UpstreamSets.ID
    var old: UpstreamSets.ID
  }

  /// The tasks, upstreams before downstreams.
  private static func order(of definition: WorkflowDefinition) -> [Int] {
    // Definitions are validated before they are compared, so there is no cycle.
    guard let positions = try? TaskGraph(definition).positions else {
      return Array(0..<definition.taskCount)
    }
    var tasks = [Int32](repeating: -1, count: positions.count)
    for task in 0..<definition.taskCount { tasks[Int(positions[task])] = Int32(task) }
    return tasks.lazy.filter { $0 >= 0 }.map(Int.init)
  }

  private static func isSame(
    _ new: ArraySlice<TaskIndex>, _ old: ArraySlice<TaskIndex>, _ before: TaskCounterparts
  ) -> Bool {
    new.count == old.count && new.map { before[Int($0)] }.sorted().elementsEqual(old)
  }

  /// Whether two counterparts run the same command, apart from op_args.
  private static func isSameCommand(
    _ before: Int, of old: WorkflowDefinition, _ after: Int, of new: WorkflowDefinition
  ) -> Bool {
    if old.tasks.givenCommand(before) == nil, new.tasks.givenCommand(after) == nil {
      let (one, other) = (
        old.templates[Int(old.tasks.template[before])], new.templates[Int(new.tasks.template[after])]
      )
      if ExactText(one.commandTemplate) == ExactText(other.commandTemplate),
        Set(one.opArgs) == Set(other.opArgs)
      {
        return true
      }
    }
    return ExactText(old.command(before)) == ExactText(new.command(after))
  }
}
