import ArgumentParser
import JobmonCore

/// `-t` for one task.
struct TaskOption: ParsableArguments {
  @Option(
    name: [.short, .customLong("task")],
    help: ArgumentHelp(
      "The task: its id or its name (of the workflow -w, by default your newest).", valueName: "id"))
  var task: String?

  var isGiven: Bool { task != nil }

  /// The id of the given task; nil if none is given.
  func id(in store: any StoreQueries, _ workflow: WorkflowOption) throws -> TaskID? {
    guard let task else { return nil }
    let ids = try TaskChoice(task).ids(in: store, workflow)
    guard ids.count == 1 else { throw TaskChoice(task).several(ids) }
    return ids[0]
  }

  /// - Throws: `ValidationError` if no task is given.
  func required(in store: any StoreQueries, _ workflow: WorkflowOption) throws -> TaskID {
    guard let id = try id(in: store, workflow) else {
      throw ValidationError("name a task with -t: its id or its name")
    }
    return id
  }
}

/// `-t` for one or more tasks.
struct TasksOption: ParsableArguments {
  @Option(
    name: [.short, .customLong("task")], parsing: .upToNextOption,
    help: ArgumentHelp(
      "The tasks: ids, names, or template:NAME for all tasks of a template (names are those of the workflow -w, by default your newest).",
      valueName: "id"))
  var tasks: [String] = []

  var isGiven: Bool { !tasks.isEmpty }

  /// The ids of the given tasks, without duplicates, in the order given.
  func ids(in store: any StoreQueries, _ workflow: WorkflowOption) throws -> [TaskID] {
    var seen: Set<TaskID> = []
    return try LongList.split(tasks).flatMap { try TaskChoice($0).ids(in: store, workflow) }.filter {
      seen.insert($0).inserted
    }
  }

  /// - Throws: `ValidationError` if no task is given.
  func required(in store: any StoreQueries, _ workflow: WorkflowOption) throws -> [TaskID] {
    guard isGiven else { throw ValidationError("name tasks with -t: ids, names or template:NAME") }
    return try ids(in: store, workflow)
  }
}

/// Tasks as given on the command line.
struct TaskChoice {
  /// The maximum number of tasks that a message lists.
  private static let mostListed = 5

  let word: String

  init(_ word: String) { self.word = word }

  /// An id is used as it is. Everything else is looked up in the workflow.
  ///
  /// - Throws: ``RunRefusal`` with `not_found`.
  func ids(in store: any StoreQueries, _ option: WorkflowOption) throws -> [TaskID] {
    if let id = TaskID(word) { return [id] }
    let workflow = try option.id(in: store)
    let named = try store.tasks(of: workflow, TaskFilter(name: word)).map(\.id)
    if !named.isEmpty { return named }
    let parts = word.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    if parts.count == 2 {
      let filter =
        parts[0] == "template"
        ? TaskFilter(template: parts[1]) : TaskFilter(template: parts[0], name: parts[1])
      let found = try store.tasks(of: workflow, filter).map(\.id)
      if !found.isEmpty { return found }
      if parts[0] == "template" {
        throw RunRefusal(ChoiceFault.noTaskOfTemplate(parts[1], in: workflow))
      }
    }
    throw RunRefusal(ChoiceFault.noTask(word, in: workflow))
  }

  func several(_ ids: [TaskID]) -> RunRefusal {
    RunRefusal(ChoiceFault.tasks(word, Array(ids.prefix(Self.mostListed)), count: ids.count))
  }
}
