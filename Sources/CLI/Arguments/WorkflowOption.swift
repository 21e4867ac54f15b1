import ArgumentParser
import JobmonCore
import Synchronization

/// `-w`: the workflow that a command works on.
struct WorkflowOption: ParsableArguments {
  @Option(
    name: [.short, .customLong("workflow")],
    help: ArgumentHelp(
      "The workflow: its id, its name, or last (default: your newest workflow).", valueName: "id"),
    completion: Completions.workflows)
  var workflow: String?

  var isGiven: Bool { workflow != nil }

  /// The id of the given workflow. If it was not given by its id, it is printed to standard error.
  func id(in store: any StoreQueries) throws -> WorkflowID {
    try WorkflowChoice(workflow).id(in: store)
  }
}

/// `-w` for one or more workflows.
struct WorkflowsOption: ParsableArguments {
  @Option(
    name: [.short, .customLong("workflow")], parsing: .upToNextOption,
    help: ArgumentHelp("The workflows: ids, names, or last.", valueName: "id"),
    completion: Completions.workflows)
  var workflows: [String] = []

  var isGiven: Bool { !workflows.isEmpty }

  /// The ids of the given workflows; empty if none are given.
  func ids(in store: any StoreQueries) throws -> [WorkflowID] {
    try LongList.split(workflows).map { try WorkflowChoice($0).id(in: store) }
  }

  /// The ids of the given workflows; by default your newest one.
  func idsOrNewest(in store: any StoreQueries) throws -> [WorkflowID] {
    isGiven ? try ids(in: store) : [try WorkflowChoice(nil).id(in: store)]
  }
}

/// A workflow as given on the command line.
struct WorkflowChoice {
  /// The maximum number of workflows that a message lists.
  private static let mostListed = 5

  /// nil means your newest workflow.
  let word: String?

  init(_ word: String?) { self.word = word == "last" ? nil : word }

  /// - Throws: ``RunRefusal`` with `not_found`, or with `invalid_usage` if several workflows have the name.
  func id(in store: any StoreQueries) throws -> WorkflowID {
    guard let word else { return try newest(in: store) }
    if let id = WorkflowID(word) { return id }
    let found = try store.workflows(WorkflowFilter(name: word, limit: Self.mostListed + 1))
    guard let first = found.first else { throw RunRefusal(ChoiceFault.noWorkflow(word)) }
    guard found.count == 1 else {
      let some = found.prefix(Self.mostListed).map { "\($0.id) (\($0.name), \($0.created.iso8601))" }
      throw RunRefusal(ChoiceFault.workflows(word, some, isAll: found.count <= Self.mostListed))
    }
    Self.tell(first)
    return first.id
  }

  private func newest(in store: any StoreQueries) throws -> WorkflowID {
    let user = CurrentUser.name
    guard let newest = try store.workflows(WorkflowFilter(users: [user], limit: 1)).first else {
      throw RunRefusal(ChoiceFault.noOwnWorkflow(user: user))
    }
    Self.tell(newest)
    return newest.id
  }

  /// The workflows that were named on standard error: a command may look one up several times.
  private static let told = Mutex<Set<WorkflowID>>([])

  private static func tell(_ workflow: WorkflowRow) {
    if told.withLock({ $0.insert(workflow.id).inserted }) {
      Console.error("workflow \(workflow.id) (\(workflow.name))")
    }
  }
}
