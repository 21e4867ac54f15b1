import ArgumentParser

/// `jobmon workflow …`
struct WorkflowGroup: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "workflow", abstract: "List, inspect and control workflows.",
    discussion: """
      -w takes an id, a name, or last (default: your newest workflow).
      EXAMPLE: jobmon workflow tasks -s FATAL
      """,
    groupedSubcommands: [
      CommandGroup(
        name: "Inspect",
        subcommands: [
          WorkflowStatusCommand.self, WorkflowTasksCommand.self, WorkflowRunsCommand.self, WatchCommand.self,
          ErrorsCommand.self, ExplainCommand.self, LogsCommand.self, FilePathsCommand.self,
          HistoryCommand.self, ReportCommand.self, AttributesCommand.self, ResourcesGroup.self,
        ]),
      CommandGroup(
        name: "Control",
        subcommands: [
          WorkflowResumeCommand.self, WorkflowRerunCommand.self, WorkflowStopCommand.self,
          WorkflowPauseCommand.self,
          WorkflowContinueCommand.self, ConcurrencyLimitCommand.self, WorkflowResetCommand.self,
          DatabasePruneCommand.self,
        ]),
    ])
}

/// `jobmon workflow resources …`
struct ResourcesGroup: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resources", abstract: "Show or save the resources that tasks used.",
    subcommands: [TemplateResourcesCommand.self, ResourceYAMLCommand.self])
}
