import JobmonGraph
import JobmonModel

/// What becomes of the results of a stored workflow when its definition has changed.
///
/// A task that is DONE keeps its result only where the result still holds: its command is the same (or only its op_args
/// differ), and its upstreams are the same tasks, all of which keep theirs. Every other task, and everything downstream of
/// it, runs again. A task is the same by its template's name, its node_args and its task_args.
public struct ChangePlan: Sendable {
  /// Why a task that is DONE runs again.
  public enum Reason: Int, CaseIterable, Sendable {
    /// Its command is another one.
    case command
    /// It has other upstreams than before.
    case upstreams
    /// A task upstream of it runs, or runs again.
    case downstream
  }

  /// Some tasks: how many, and the name of the first.
  public struct Group: Hashable, Sendable {
    /// How many tasks there are.
    public var count = 0
    /// The name of the first one, in an order where upstreams come before downstreams; empty where there is none.
    public var example = ""

    package init(count: Int = 0, example: String = "") {
      self.count = count
      self.example = example
    }

    fileprivate mutating func add(_ name: @autoclosure () -> String) {
      if count == 0 { example = name() }
      count += 1
    }
  }

  /// A template whose command has changed.
  public struct TemplateChange: Hashable, Sendable {
    /// The template's name, the same in both definitions.
    public var name: String
    /// The command template that is stored.
    public var old: String
    /// The command template of the new definition.
    public var new: String

    package init(name: String, old: String, new: String) {
      self.name = name
      self.old = old
      self.new = new
    }
  }

  /// The stored workflow.
  public let workflow: WorkflowID
  /// How many tasks of the stored workflow are DONE.
  public let doneBefore: Int
  /// DONE tasks that keep their results.
  public private(set) var kept = Group()
  /// DONE tasks that run again, by the first reason that applies to each; a reason without tasks has no entry.
  public private(set) var again: [Reason: Group] = [:]
  /// Tasks that are the same and were not done.
  public private(set) var unfinished = Group()
  /// Tasks of the new definition that the stored one does not have.
  public private(set) var added = Group()
  /// Tasks of the stored definition that the new one does not have, done or not.
  public private(set) var gone = Group()
  /// The templates whose commands differ, in the order of the new definition.
  public private(set) var templates: [TemplateChange] = []
  /// Whether results are kept whatever else has changed.
  public let keepsDone: Bool

  /// By task of the new definition, the task of the stored one whose result it keeps; -1 where it keeps none.
  private(set) var source: [TaskIndex]

  /// - Parameter keepsDone: keep every DONE task that is the same, whatever else has changed.
  public init(from old: StoredWorkflow, to new: WorkflowDefinition, keepsDone: Bool = false) {
    workflow = old.record.id
    doneBefore = old.statuses.count { $0 == .done }
    self.keepsDone = keepsDone
    source = Array(repeating: -1, count: new.taskCount)
    templates = Self.changedTemplates(from: old.definition, to: new)
    let before = Self.counterparts(of: new, in: old.definition)
    decide(old, new, before)
    var isMatched = [Bool](repeating: false, count: old.definition.taskCount)
    for index in before where index >= 0 { isMatched[Int(index)] = true }
    for task in isMatched.indices where !isMatched[task] { gone.add(old.definition.tasks.name(task)) }
  }

  /// How many DONE tasks run again.
  public var againCount: Int { again.values.reduce(0) { $0 + $1.count } }

  // MARK: Finding out

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

  /// For each task of `new` the same task of `old`; -1 where there is none.
  private static func counterparts(of new: WorkflowDefinition, in old: WorkflowDefinition) -> [TaskIndex] {
    var indices: [[UInt8]: TaskIndex] = [:]
    indices.reserveCapacity(old.taskCount)
    let oldKeys = TaskKeys(old)
    for task in 0..<old.taskCount { indices[oldKeys.key(task)] = TaskIndex(task) }
    let newKeys = TaskKeys(new)
    return (0..<new.taskCount).map { indices[newKeys.key($0)] ?? -1 }
  }

  /// Decides on every task, upstreams first.
  private mutating func decide(_ old: StoredWorkflow, _ new: WorkflowDefinition, _ before: [TaskIndex]) {
    // What of an upstream set holds for all tasks that have it.
    var isKept: [UpstreamSets.ID: Bool] = [:]
    var isSame: [SetPair: Bool] = [:]
    for task in Self.order(of: new) {
      let index = before[task]
      let set = new.tasks.upstreams[task]
      guard index >= 0 else {
        added.add(new.tasks.name(task))
        continue
      }
      guard old.statuses[Int(index)] == .done else {
        unfinished.add(new.tasks.name(task))
        continue
      }
      var reason: Reason?
      if !keepsDone {
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
        again[reason, default: Group()].add(new.tasks.name(task))
      } else {
        source[task] = index
        kept.add(new.tasks.name(task))
      }
    }
  }

  /// What was found before, else what `find` finds now.
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
    // A definition is validated before it is compared: there is no cycle.
    guard let indices = try? TaskGraph(definition).positions else { return Array(0..<definition.taskCount) }
    return (0..<definition.taskCount).sorted { indices[$0] < indices[$1] }
  }

  private static func isSame(
    _ new: ArraySlice<TaskIndex>, _ old: ArraySlice<TaskIndex>, _ before: [TaskIndex]
  ) -> Bool {
    new.count == old.count && new.map { before[Int($0)] }.sorted().elementsEqual(old)
  }

  /// Whether two tasks that are the same run the same command, op_args aside.
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

/// What a task is recognised by in another definition: its template's name, node_args and task_args, as bytes.
private struct TaskKeys {
  let definition: WorkflowDefinition
  /// By template: its name with the names of its arguments, and the indices of their values.
  private let templates: [(head: [UInt8], indices: [Int])]

  init(_ definition: WorkflowDefinition) {
    self.definition = definition
    templates = definition.templates.map { template in
      let nodes = template.nodeArgs.indices.sorted { template.nodeArgs[$0] < template.nodeArgs[$1] }
      let tasks = template.taskArgs.indices.sorted { template.taskArgs[$0] < template.taskArgs[$1] }
      let names = nodes.map { template.nodeArgs[$0] } + ["/"] + tasks.map { template.taskArgs[$0] }
      return (
        Packing.pack([template.name] + names), nodes + tasks.map { template.nodeArgs.count + $0 }
      )
    }
  }

  func key(_ task: Int) -> [UInt8] {
    let template = templates[Int(definition.tasks.template[task])]
    return definition.tasks.withTexts(task) { texts in
      var key = template.head
      for index in template.indices {
        let value = texts[index + 1]
        withUnsafeBytes(of: UInt32(value.count)) { key.append(contentsOf: $0) }
        key.append(contentsOf: value)
      }
      return key
    }
  }
}
