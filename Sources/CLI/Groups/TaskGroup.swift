import ArgumentParser

/// `jobmon task …`
struct TaskGroup: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "task", abstract: "Inspect and rerun tasks.",
    discussion: """
      A task is named by its id or its name; a name is looked up in the workflow -w, by default your newest.
      EXAMPLE: jobmon task show align_17
      """,
    subcommands: [
      TaskShowCommand.self, TaskStatusCommand.self, LogsCommand.self, ExplainCommand.self,
      TaskDependenciesCommand.self, HistoryCommand.self, AttributesCommand.self,
      TaskRerunCommand.self, UpdateTaskStatusCommand.self,
    ])
}
