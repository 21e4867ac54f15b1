import Foundation
import GuardedFiles
import JobmonExecution
import JobmonModel
import JobmonStore
import OSText

/// Adds names, commands and paths to the engine's indices, for executors, users and events.
struct TaskTexts: Sendable {
  /// Maximum size of an argument in the environment, in bytes; execve allows 128 KiB per string.
  static let longestVariable = 120 * 1024

  let workflow: StoredWorkflow
  let run: WorkflowRunID
  let storeID: String
  let logs: String
  let clusters: [String]
  /// Names of the environment variables for each template's arguments.
  private let variables: [[String]]
  /// Each template's parsed command and the names of its arguments, computed once for all tasks.
  private let commands: [(parsed: CommandTemplate?, names: [String])]
  private let common: [String]

  init(workflow: StoredWorkflow, run: WorkflowRunID, storeID: String, logs: String, clusters: [String]) {
    self.workflow = workflow
    self.run = run
    self.storeID = storeID
    self.logs = logs
    self.clusters = clusters
    variables = workflow.definition.templates.map { $0.arguments.map { "JOBMON_ARG_" + $0.uppercased() } }
    commands = workflow.definition.templates.map {
      (CommandTemplate.parsed($0.commandTemplate), $0.arguments)
    }
    common = ["JOBMON_WORKFLOW_ID=\(workflow.record.id)", "JOBMON_WORKFLOW_RUN_ID=\(run)"]
  }

  var logFolder: String {
    LogFiles.folder(logs: logs, workflow: workflow.record.id, storeID: storeID)
  }

  func id(_ task: TaskIndex) -> TaskID { workflow.firstTask + TaskID(task) }
  func name(_ task: TaskIndex) -> String { workflow.definition.tasks.name(Int(task)) }

  private func command(_ task: TaskIndex) -> String {
    let template = Int(workflow.definition.tasks.template[Int(task)])
    guard let parsed = commands[template].parsed, workflow.definition.tasks.givenCommand(Int(task)) == nil
    else {
      return workflow.definition.command(Int(task))
    }
    return parsed.render(commands[template].names, workflow.definition.tasks.arguments(Int(task)))
  }

  func names(of tasks: [TaskIndex]) -> [String] { tasks.map(name) }

  func logFiles(_ task: TaskIndex, instance: TaskInstanceID, request: ResourceRequest) -> LogFiles {
    LogFiles(
      logs: logs, workflow: workflow.record.id, storeID: storeID,
      template: workflow.definition.templates[Int(workflow.definition.tasks.template[Int(task)])].name,
      task: task,
      name: name(task), instance: instance, request: request,
      workingDirectory: workflow.record.workingDirectory)
  }

  /// The batch for an executor, and the files for its attempts.
  struct ReadyBatch {
    var batch: Batch
    /// Files to write before the submission, and the attempts that need them.
    var argumentFiles: [(instance: TaskInstanceID, file: ArgumentFile)] = []
    /// Files that the commands may write (``LogFiles/attributes``), in the order of the tasks.
    var attributeFiles: [String] = []
    /// The folder of these files, if this run has to create it.
    var attributeFolder: String?
  }

  func batch(for submission: Submission) -> ReadyBatch {
    var ready = ReadyBatch(
      batch: Batch(
        token: submission.token, template: workflow.definition.templates[submission.template].name,
        resources: submission.request, tasks: []))
    if submission.request.stdout == nil {
      ready.attributeFolder = LogFiles.attributeFolder(
        logs: logs, workflow: workflow.record.id, storeID: storeID)
    }
    var fixed = common
    fixed.append("JOBMON_CLUSTER=\(clusters[submission.cluster])")
    fixed.append("JOBMON_CORES=\(submission.request.cores)")
    if let memory = submission.request.memory { fixed.append("JOBMON_MEMORY_BYTES=\(memory)") }
    fixed.append("JOBMON_MAX_ATTEMPTS=\(submission.maxAttempts)")
    for attempt in submission.attempts {
      let name = name(attempt.task)
      let files = logFiles(attempt.task, instance: attempt.instance, request: submission.request)
      var environment = fixed
      environment.append("JOBMON_TASK_ID=\(id(attempt.task))")
      environment.append("JOBMON_TASK_INSTANCE_ID=\(attempt.instance)")
      environment.append("JOBMON_TASK_NAME=\(OSText.escaping(name))")
      environment.append("JOBMON_ATTEMPT=\(attempt.attempt)")
      environment.append("JOBMON_TOKEN=\(submission.token).\(attempt.index)")
      environment.append("JOBMON_ATTRIBUTES=\(files.attributes)")
      let values = workflow.definition.tasks.arguments(Int(attempt.task))
      for (variable, value) in zip(variables[submission.template], values) {
        if value.utf8.count <= Self.longestVariable {
          environment.append("\(variable)=\(OSText.escaping(value))")
        } else {
          let file = ArgumentFile(variable: variable, value: value, beside: files.stdout)
          environment.append("\(file.variable)=\(file.path)")
          ready.argumentFiles.append((attempt.instance, file))
        }
      }
      ready.batch.tasks.append(
        batchTask(attempt, name: name, environment: environment, stdout: files.stdout, stderr: files.stderr))
      ready.attributeFiles.append(files.attributes)
    }
    return ready
  }

  /// The batch for an executor with simulated time. No command is run, so there are no environments or files.
  func simulatedBatch(for submission: Submission) -> Batch {
    var batch = Batch(
      token: submission.token, template: workflow.definition.templates[submission.template].name,
      resources: submission.request, tasks: [])
    batch.tasks.reserveCapacity(submission.attempts.count)
    for attempt in submission.attempts {
      batch.tasks.append(
        batchTask(attempt, name: name(attempt.task), environment: [], stdout: "", stderr: ""))
    }
    return batch
  }

  private func batchTask(
    _ attempt: Submission.Attempt, name: String, environment: [String], stdout: String, stderr: String
  ) -> BatchTask {
    var task = BatchTask(
      index: attempt.index, instance: attempt.instance, name: name, command: command(attempt.task),
      node: attempt.node, environment: environment, stdout: stdout, stderr: stderr)
    task.attributes = workflow.definition.tasks.attributes[Int(attempt.task)] ?? [:]
    task.waits = attempt.waits
    task.places = attempt.places
    return task
  }

  func question(_ order: ResourceOrder) -> ResourceQuestion {
    let task = Int(order.task)
    let template = workflow.definition.templates[Int(workflow.definition.tasks.template[task])]
    return ResourceQuestion(
      callback: order.callback, task: id(order.task), taskName: name(order.task), template: template.name,
      arguments: Dictionary(
        uniqueKeysWithValues: zip(template.arguments, workflow.definition.tasks.arguments(task))),
      request: order.request, ranOut: order.ranOut, failures: order.failures)
  }

  func failedTask(_ attempt: FailedAttempt) -> FailedTask {
    let files = attempt.instance.flatMap { instance in
      attempt.request.map { logFiles(attempt.task, instance: instance, request: $0) }
    }
    let end = attempt.outcome?.cause
    let cause = end?.word
    let stderr = files.flatMap { LogFiles.kept($0.stderr, cause: cause) }
    return FailedTask(
      taskID: id(attempt.task), name: name(attempt.task), attempts: attempt.attempt, reason: attempt.reason,
      cause: cause, exitCode: end?.exitCode, signal: end?.signal,
      stdout: files.flatMap { LogFiles.kept($0.stdout, cause: cause) },
      stderr: stderr, stderrTail: stderr.flatMap { LogFiles.tail(of: $0) },
      command: command(attempt.task))
  }

  /// The status changes of a commit, as events for observers.
  func events(of transitions: [Transition], firstSeq: Int64) -> [StatusEvent] {
    let changes = Transition.changes(
      transitions, firstSeq: firstSeq, workflow: workflow.record.id, run: run, firstTask: workflow.firstTask)
    var events: [StatusEvent] = []
    for change in changes {
      change.forEachEvent { event in
        var event = event
        event.taskName = event.taskID.map { name(TaskIndex($0 - workflow.firstTask)) }
        events.append(event)
      }
    }
    return events
  }
}
