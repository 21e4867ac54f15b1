import JobmonGraph
import JobmonModel

/// Maps the tasks of a definition to the same tasks of another one. A task is identified by its template's name, its
/// node_args and its task_args.
struct TaskCounterparts {
  /// By task of the new definition: the same task of the old one, or -1.
  private(set) var before: [TaskIndex]

  init(of new: WorkflowDefinition, in old: WorkflowDefinition) {
    let (newKeys, oldKeys) = (TaskKeys(new), TaskKeys(old))
    before = Array(repeating: -1, count: new.taskCount)
    // Most changed files have the same order of tasks up to some point. These tasks need no dictionary.
    var start = 0
    while start < min(new.taskCount, old.taskCount), newKeys.isSame(start, start, of: oldKeys) {
      before[start] = TaskIndex(start)
      start += 1
    }
    if start == new.taskCount { return }
    var indices: [[UInt8]: TaskIndex] = [:]
    indices.reserveCapacity(old.taskCount - start)
    for task in start..<old.taskCount { indices[oldKeys.key(task)] = TaskIndex(task) }
    for task in start..<new.taskCount { before[task] = indices[newKeys.key(task)] ?? -1 }
  }

  subscript(task: Int) -> TaskIndex { before[task] }

  /// The tasks of the old definition that the new one does not contain.
  ///
  /// - Parameter count: the number of tasks in the old definition.
  func gone(of count: Int) -> [Int] {
    var isMatched = [Bool](repeating: false, count: count)
    for index in before where index >= 0 { isMatched[Int(index)] = true }
    return isMatched.indices.filter { !isMatched[$0] }
  }
}

/// The keys that identify tasks in other definitions, as bytes.
struct TaskKeys {
  /// The arguments that are part of the key.
  enum Extent {
    case nodeArgs
    case nodeAndTaskArgs
  }

  private let definition: WorkflowDefinition
  /// By template: its name with the names of its arguments in the key, and the indices of their values.
  private let templates: [(head: [UInt8], indices: [Int])]

  init(_ definition: WorkflowDefinition, _ extent: Extent = .nodeAndTaskArgs) {
    self.definition = definition
    templates = definition.templates.map { template in
      let nodes = template.nodeArgs.indices.sorted { template.nodeArgs[$0] < template.nodeArgs[$1] }
      let tasks =
        extent == .nodeArgs
        ? [] : template.taskArgs.indices.sorted { template.taskArgs[$0] < template.taskArgs[$1] }
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

  /// Whether `task` has the same key as `other` of the other keys.
  func isSame(_ task: Int, _ other: Int, of others: TaskKeys) -> Bool {
    let mine = templates[Int(definition.tasks.template[task])]
    let its = others.templates[Int(others.definition.tasks.template[other])]
    guard mine.head == its.head else { return false }
    return definition.tasks.withTexts(task) { texts in
      others.definition.tasks.withTexts(other) { otherTexts in
        zip(mine.indices, its.indices).allSatisfy { index, otherIndex in
          texts[index + 1].elementsEqual(otherTexts[otherIndex + 1])
        }
      }
    }
  }
}
