import JobmonModel

/// An argument of a template whose values differ in tasks that are otherwise in both definitions.
public struct ArgumentChange: Hashable, Sendable {
  /// The template's name.
  public var template: String
  /// The argument's name.
  public var argument: String
  /// The value in the stored definition, in the first of these tasks.
  public var before: String
  /// The value in the new definition, in the same task.
  public var after: String
  /// The number of tasks in which the value has changed.
  public var tasks: Int

  package init(template: String, argument: String, before: String, after: String, tasks: Int) {
    self.template = template
    self.argument = argument
    self.before = before
    self.after = after
    self.tasks = tasks
  }
}

/// Finds the arguments that differ between the tasks of two definitions.
struct ArgumentComparison {
  private let old: WorkflowDefinition
  private let new: WorkflowDefinition
  /// By pair of an old and a new template: the arguments that may be compared, by their indices.
  private var pairs: [Pair: [Shared]] = [:]
  private var found: [Place: ArgumentChange] = [:]

  private struct Pair: Hashable {
    var old: Int32
    var new: Int32
  }

  private struct Shared {
    var old: Int
    var new: Int
    /// Whether it is an op_arg in both templates. If so, another value does not make another task.
    var isOpArg: Bool
  }

  private struct Place: Hashable {
    var template: Int32
    var argument: Int
  }

  init(from old: WorkflowDefinition, to new: WorkflowDefinition) {
    self.old = old
    self.new = new
  }

  /// The changes found so far, in the order of the new definition's templates and their arguments.
  var changes: [ArgumentChange] {
    found.sorted { ($0.key.template, $0.key.argument) < ($1.key.template, $1.key.argument) }.map(\.value)
  }

  /// Compares two tasks.
  ///
  /// - Returns: whether an op_arg differs.
  mutating func compare(_ before: Int, to after: Int) -> Bool {
    let pair = Pair(old: old.tasks.template[before], new: new.tasks.template[after])
    let shared = pairs[pair] ?? share(pair)
    if shared.isEmpty { return false }
    var hasOtherOpArgs = false
    for one in shared {
      let isSame = old.tasks.withTexts(before) { texts in
        new.tasks.withTexts(after) { texts[one.old + 1].elementsEqual($0[one.new + 1]) }
      }
      if isSame { continue }
      if one.isOpArg { hasOtherOpArgs = true }
      let place = Place(template: pair.new, argument: one.new)
      if found[place] != nil {
        found[place]!.tasks += 1
      } else {
        let template = new.templates[Int(pair.new)]
        found[place] = ArgumentChange(
          template: template.name, argument: template.arguments[one.new],
          before: old.tasks.arguments(before)[one.old], after: new.tasks.arguments(after)[one.new], tasks: 1)
      }
    }
    return hasOtherOpArgs
  }

  /// Omits node_args, because a task with other node_args is another task.
  private mutating func share(_ pair: Pair) -> [Shared] {
    let before = old.templates[Int(pair.old)]
    let after = new.templates[Int(pair.new)]
    let shared = after.arguments.enumerated().compactMap { index, name -> Shared? in
      guard !after.nodeArgs.contains(name), let other = before.arguments.firstIndex(of: name) else {
        return nil
      }
      return Shared(
        old: other, new: index, isOpArg: after.opArgs.contains(name) && before.opArgs.contains(name))
    }
    pairs[pair] = shared
    return shared
  }
}
