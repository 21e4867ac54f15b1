import Foundation
import GuardedFiles
import OSText

/// Puts the names, commands and paths to what the engine only counts: for executors, for people, for events.
struct TaskTexts: Sendable {
  /// Arguments longer than this, in bytes, are not put into the environment: execve allows 128 KiB a string.
  static let longestVariable = 120 * 1024
  /// How much of the end of a standard error file a failure shows.
  static let tailLines = 10
  static let tailBytes = 4096

  let workflow: StoredWorkflow
  let run: WorkflowRunID
  let storeID: String
  let logs: String
  let clusters: [String]
  /// Names of the variables of each template's arguments.
  private let variables: [[String]]
  /// Each template's command, taken apart, and the names of its arguments: looked up once, not for every task.
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

  /// Where the workflow's log files are.
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

  /// What an executor is told of a submission, and the files that go with it.
  struct ReadyBatch {
    var batch: Batch
    /// To be written before it is submitted, with the attempts that need them.
    var argumentFiles: [(instance: TaskInstanceID, file: ArgumentFile)] = []
    /// What the commands may write to (``LogFiles/attributes``), in the order of the tasks.
    var attributeFiles: [String] = []
    /// The folder of these, if it is ours to make.
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
        told(attempt, name: name, environment: environment, stdout: files.stdout, stderr: files.stderr))
      ready.attributeFiles.append(files.attributes)
    }
    return ready
  }

  /// What an executor is told that simulates time: no command is run, so none has an environment or a file.
  func simulatedBatch(for submission: Submission) -> Batch {
    var batch = Batch(
      token: submission.token, template: workflow.definition.templates[submission.template].name,
      resources: submission.request, tasks: [])
    batch.tasks.reserveCapacity(submission.attempts.count)
    for attempt in submission.attempts {
      batch.tasks.append(
        told(attempt, name: name(attempt.task), environment: [], stdout: "", stderr: ""))
    }
    return batch
  }

  private func told(
    _ attempt: Submission.Attempt, name: String, environment: [String], stdout: String, stderr: String
  ) -> BatchTask {
    var told = BatchTask(
      index: attempt.index, instance: attempt.instance, name: name, command: command(attempt.task),
      node: attempt.node, environment: environment, stdout: stdout, stderr: stderr)
    told.attributes = workflow.definition.tasks.attributes[Int(attempt.task)] ?? [:]
    told.waits = attempt.waits
    told.places = attempt.places
    return told
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
    var exitCode: Int?
    var signal: Int?
    switch attempt.outcome?.cause {
    case .exit(let code): exitCode = code
    case .signal(let number): signal = number
    default: break
    }
    let cause = attempt.outcome?.cause.word
    let stderr = files.flatMap { LogFiles.kept($0.stderr, cause: cause) }
    return FailedTask(
      taskID: id(attempt.task), name: name(attempt.task), attempts: attempt.attempt, reason: attempt.reason,
      cause: cause, exitCode: exitCode, signal: signal,
      stdout: files.flatMap { LogFiles.kept($0.stdout, cause: cause) },
      stderr: stderr, stderrTail: stderr.flatMap { Self.tail(of: $0) },
      command: command(attempt.task))
  }

  /// The last lines of a log file; nil where there is none or nothing in it. Where the command has put something else in its
  /// place: what that is.
  static func tail(of path: String) -> String? {
    let file: FileHandle
    do throws(FileFault) {
      file = FileHandle(fileDescriptor: try GuardedFile.reading(path), closeOnDealloc: true)
    } catch {
      return error.isRefusal ? "\(path) cannot be shown: \(error)" : nil
    }
    defer { try? file.close() }
    guard let size = try? file.seekToEnd(), size > 0 else { return nil }
    let start = size > UInt64(tailBytes) ? size - UInt64(tailBytes) : 0
    guard (try? file.seek(toOffset: start)) != nil, let bytes = try? file.readToEnd() else { return nil }
    return TextLines.split(String(decoding: bytes, as: UTF8.self)).suffix(tailLines).joined(separator: "\n")
  }

  /// What a commit changed, as people are told it.
  func events(of transitions: [Transition], firstSeq: Int64) -> [StatusEvent] {
    var events: [StatusEvent] = []
    var next = firstSeq
    for transition in transitions {
      var seq = next
      next += Int64(transition.changeCount)
      switch transition {
      case .batch, .usage, .adopted, .waiting: break
      case .instantiated(_, let attempts, let at):
        for attempt in attempts {
          events.append(
            event(
              seq, at, .taskInstance, attempt.instance, attempt.task, from: nil,
              to: TaskInstanceStatus.instantiated.rawValue, attempt: attempt.attempt))
          seq += 1
        }
      case .launched(_, let instances, _, let at):
        for instance in instances {
          events.append(
            event(
              seq, at, .taskInstance, instance, nil, from: TaskInstanceStatus.instantiated.rawValue,
              to: TaskInstanceStatus.launched.rawValue))
          seq += 1
        }
      case .started(let instance, let task, let node, let at):
        var running = event(
          seq, at, .taskInstance, instance, task, from: TaskInstanceStatus.launched.rawValue,
          to: TaskInstanceStatus.running.rawValue)
        running.node = node
        events.append(running)
        events.append(
          event(
            seq + 1, at, .task, id(task), task, from: TaskWord.scheduled.rawValue,
            to: TaskWord.running.rawValue))
      case .ended(let end):
        var ended = event(
          seq, end.at, .taskInstance, end.instance, end.task, from: end.from.instanceWord,
          to: end.instanceStatus.rawValue, attempt: end.attempt)
        ended.cause = end.outcome.cause.word
        ended.node = end.outcome.node
        ended.message = end.reason ?? end.outcome.message
        events.append(ended)
        // A task that a person set to DONE stays so, however its last attempt ended.
        if end.from.word != end.taskStatus.word, end.from != .done {
          var task = event(
            seq + 1, end.at, .task, id(end.task), end.task, from: end.from.word.rawValue,
            to: end.taskStatus.word.rawValue, attempt: end.attempt)
          task.cause = ended.cause
          task.message = ended.message
          events.append(task)
        }
      case .tasks(let tasks, let from, let to, let why, let at):
        for task in tasks where from.word != to.word {
          var changed = event(seq, at, .task, id(task), task, from: from.word.rawValue, to: to.word.rawValue)
          changed.message = why
          events.append(changed)
          seq += 1
        }
      }
    }
    return events
  }

  private func event(
    _ seq: Int64, _ time: Timestamp, _ kind: StatusEvent.Kind, _ id: Int64, _ task: TaskIndex?, from: String?,
    to: String, attempt: Int? = nil
  ) -> StatusEvent {
    StatusEvent(
      seq: seq, time: time, kind: kind, id: id, workflowID: workflow.record.id, taskID: task.map(self.id),
      taskName: task.map(name), from: from, to: to, attempt: attempt)
  }
}

extension TaskStatus {
  /// The word of an open instance whose task is in this state.
  fileprivate var instanceWord: String {
    switch self {
    case .running: TaskInstanceStatus.running.rawValue
    case .launched: TaskInstanceStatus.launched.rawValue
    default: TaskInstanceStatus.instantiated.rawValue
    }
  }
}
