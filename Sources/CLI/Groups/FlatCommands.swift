import ArgumentParser

/// A command under its flat name in the original: `workflow_status` is `workflow status`.
struct FlatCommand<Command: ParsableCommand, Name: FlatName>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: Name.flat, abstract: "Alias of `jobmon \(Name.grouped)`.",
      // By default the usage would also name the wrapped command.
      usage: "jobmon \(Name.flat) [<arguments>]",
      discussion: "\(Command.configuration.abstract)\n\(Command.configuration.discussion)")
  }

  @OptionGroup var command: Command

  mutating func run() throws {
    if Name.self == FlatNames.WorkflowTasks.self, var tasks = command as? WorkflowTasksCommand {
      // The flat command prints the original's four columns.
      tasks.flat = true
      return try tasks.run()
    }
    try command.run()
  }
}

/// The flat name of a command, and the words that name it in its group.
protocol FlatName {
  static var flat: String { get }
  static var grouped: String { get }
}

enum FlatNames {
  enum Resume: FlatName { static let (flat, grouped) = ("resume", "workflow resume") }
  enum WorkflowStatus: FlatName { static let (flat, grouped) = ("workflow_status", "workflow status") }
  enum WorkflowTasks: FlatName { static let (flat, grouped) = ("workflow_tasks", "workflow tasks") }
  enum WorkflowResume: FlatName { static let (flat, grouped) = ("workflow_resume", "workflow resume") }
  enum WorkflowReset: FlatName { static let (flat, grouped) = ("workflow_reset", "workflow reset") }
  enum WorkflowStop: FlatName { static let (flat, grouped) = ("workflow_stop", "workflow stop") }
  enum ConcurrencyLimit: FlatName {
    static let (flat, grouped) = ("concurrency_limit", "workflow concurrency")
  }
  enum FilePaths: FlatName { static let (flat, grouped) = ("get_filepaths", "workflow filepaths") }
  enum Errors: FlatName { static let (flat, grouped) = ("errors", "workflow errors") }
  enum Explain: FlatName { static let (flat, grouped) = ("explain", "workflow explain") }
  enum Watch: FlatName { static let (flat, grouped) = ("watch", "workflow watch") }
  enum Report: FlatName { static let (flat, grouped) = ("report", "workflow report") }
  enum Logs: FlatName { static let (flat, grouped) = ("logs", "workflow logs") }
  enum History: FlatName { static let (flat, grouped) = ("history", "workflow history") }
  enum Usage: FlatName {
    static let (flat, grouped) = ("task_template_resources", "workflow resources usage")
  }
  enum ResourceYAML: FlatName {
    static let (flat, grouped) = ("create_resource_yaml", "workflow resources yaml")
  }
  enum TaskStatus: FlatName { static let (flat, grouped) = ("task_status", "task status") }
  enum Dependencies: FlatName { static let (flat, grouped) = ("task_dependencies", "task dependencies") }
  enum Update: FlatName { static let (flat, grouped) = ("update_task_status", "task update") }
  enum Clusters: FlatName { static let (flat, grouped) = ("clusters", "cluster list") }
  enum ClusterCheck: FlatName { static let (flat, grouped) = ("cluster_check", "cluster check") }
  enum UpdateConfig: FlatName { static let (flat, grouped) = ("update_config", "config set") }
  enum Path: FlatName { static let (flat, grouped) = ("db_path", "db path") }
  enum Check: FlatName { static let (flat, grouped) = ("db_check", "db check") }
  enum Backup: FlatName { static let (flat, grouped) = ("db_backup", "db backup") }
  enum Restore: FlatName { static let (flat, grouped) = ("db_restore", "db restore") }
  enum Upgrade: FlatName { static let (flat, grouped) = ("db_upgrade", "db upgrade") }
  enum Prune: FlatName { static let (flat, grouped) = ("db_prune", "db prune") }

  /// The commands with these names.
  static let commands: [any ParsableCommand.Type] = [
    FlatCommand<WorkflowResumeCommand, Resume>.self,
    FlatCommand<WorkflowStatusCommand, WorkflowStatus>.self,
    FlatCommand<WorkflowTasksCommand, WorkflowTasks>.self,
    FlatCommand<WorkflowResumeCommand, WorkflowResume>.self,
    FlatCommand<WorkflowResetCommand, WorkflowReset>.self,
    FlatCommand<WorkflowStopCommand, WorkflowStop>.self,
    FlatCommand<ConcurrencyLimitCommand, ConcurrencyLimit>.self,
    FlatCommand<FilePathsCommand, FilePaths>.self,
    FlatCommand<ErrorsCommand, Errors>.self,
    FlatCommand<ExplainCommand, Explain>.self,
    FlatCommand<WatchCommand, Watch>.self,
    FlatCommand<ReportCommand, Report>.self,
    FlatCommand<LogsCommand, Logs>.self,
    FlatCommand<HistoryCommand, History>.self,
    FlatCommand<TemplateResourcesCommand, Usage>.self,
    FlatCommand<ResourceYAMLCommand, ResourceYAML>.self,
    FlatCommand<TaskStatusCommand, TaskStatus>.self,
    FlatCommand<TaskDependenciesCommand, Dependencies>.self,
    FlatCommand<UpdateTaskStatusCommand, Update>.self,
    FlatCommand<ClustersCommand, Clusters>.self,
    FlatCommand<ClusterCheckCommand, ClusterCheck>.self,
    FlatCommand<UpdateConfigCommand, UpdateConfig>.self,
    FlatCommand<DatabasePathCommand, Path>.self,
    FlatCommand<DatabaseCheckCommand, Check>.self,
    FlatCommand<DatabaseBackupCommand, Backup>.self,
    FlatCommand<DatabaseRestoreCommand, Restore>.self,
    FlatCommand<DatabaseUpgradeCommand, Upgrade>.self,
    FlatCommand<DatabasePruneCommand, Prune>.self,
  ]
}
