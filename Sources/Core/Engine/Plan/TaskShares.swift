import JobmonModel

/// The tasks of a definition, grouped by template and task settings, with the number of done tasks.
struct TaskShares {
  /// Tasks whose requests cannot differ.
  struct Entry {
    var template: Int
    var tasks = 0
    var done = 0
    var first: Int
    /// The first task that is not done.
    var firstToRun: Int?
  }

  /// In the order of their first tasks.
  private(set) var entries: [Entry] = []

  init(_ definition: WorkflowDefinition, isDone: (Int) -> Bool) {
    var known: [Int64: Int] = [:]
    // Neighbouring tasks usually have the same key.
    var last: (key: Int64, index: Int) = (-1, 0)
    for task in 0..<definition.taskCount {
      let template = definition.tasks.template[task]
      let key = Int64(template) << 32 | Int64(definition.tasks.settings[task])
      if key != last.key {
        last = (key, known[key] ?? entries.count)
        if known[key] == nil {
          known[key] = entries.count
          entries.append(Entry(template: Int(template), first: task))
        }
      }
      entries[last.index].tasks += 1
      if isDone(task) {
        entries[last.index].done += 1
      } else if entries[last.index].firstToRun == nil {
        entries[last.index].firstToRun = task
      }
    }
  }
}
