import ArgumentParser
import Foundation
import GuardedFiles
import JobmonCore
import OSText

struct LogsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logs", abstract: "Print what tasks wrote to their standard output and error.",
    discussion: "EXAMPLE: jobmon task logs align_17 --stderr --tail 20")

  @OptionGroup var taskOption: TaskOption

  @OptionGroup var workflowOption: WorkflowOption

  @Flag(help: "Only standard output.")
  var stdout = false

  @Flag(help: "Only standard error.")
  var stderr = false

  @Option(help: ArgumentHelp("Print only the last n lines of each file.", valueName: "n"))
  var tail: Int?

  @Flag(help: "Keep printing new output until the task has ended.")
  var follow = false

  @Flag(help: "Print control characters unchanged (default on a terminal: as ^[).")
  var raw = false

  @Option(help: ArgumentHelp("Attempt number (default: the last).", valueName: "n"))
  var attempt: Int?

  @OptionGroup var output: OutputOptions
  @OptionGroup var store: StoreOptions

  func validate() throws {
    if let tail, tail < 0 { throw ValidationError("--tail takes a number of lines") }
    if follow, !taskOption.isGiven { throw ValidationError("--follow needs a task: -t") }
    if follow, output.isJSON {
      throw ValidationError("--follow prints text and cannot be combined with JSON")
    }
  }

  func run() throws {
    let store = try store.queries()
    let task = try taskOption.id(in: store, workflowOption)
    let workflow = task == nil ? try workflowOption.id(in: store) : nil
    let attempts = try rows(store, task, workflow).compactMap { row in row.attempt.map { (row.task, $0) } }
    let finish = try workflow.flatMap { try store.finishLogs(of: $0) }
    guard !attempts.isEmpty || finish != nil else {
      let what = task.map { "task \($0)" } ?? "workflow \(workflow ?? 0)"
      throw RunRefusal(attempt.map { AbsenceFault.attempt($0, of: what) } ?? .logs(of: what))
    }
    let visible = try visible()
    let logs = attempts.flatMap { task, attempt in
      paths(attempt.stdout, attempt.stderr).map {
        Log(task: task, attempt: attempt, path: $0, visible: visible)
      }
    }
    let finishLogs =
      finish.map { finish in
        paths(finish.stdout, finish.stderr).map { Log(finish: finish, path: $0, visible: visible) }
      } ?? []
    let missing =
      output.isJSON ? try tellJSON(logs + finishLogs) : try tell(logs + finishLogs, areNamed: task == nil)
    if !follow, (logs + finishLogs).allSatisfy(\.isQuiet), let first = logs.first {
      tellQuiet(first, ofAll: task == nil)
    }
    if follow, let task, let last = attempts.last?.1 {
      try follow(logs, of: last, task, store)
    } else if missing == logs.count + finishLogs.count {
      throw ExitCode(1)
    }
  }

  /// Makes control characters visible where necessary. Colours are kept on a terminal with colours enabled.
  private func visible() throws -> VisibleText? {
    guard !raw, StandardOutput.isTerminal else { return nil }
    return VisibleText(
      keepsColours: Colors(setting: try self.store.configuration().text("ui.color"), terminal: true).isOn)
  }

  /// Reports that there is no file. Whether it ever existed is not recorded.
  private func tellQuiet(_ log: Log, ofAll: Bool = false) {
    let stream = stdout == stderr ? "anything" : "anything to its standard \(stdout ? "output" : "error")"
    Console.error(
      ofAll
        ? "no task has written \(stream)"
        : "task \(log.title) \(log.isOver ? "did not write" : "has not written") \(stream)"
          + (log.isOver ? ", or the file was removed" : " yet")
    )
  }

  /// - Returns: the number of missing files that had output, or that should contain the reason for having none.
  private func tell(_ logs: [Log], areNamed: Bool) throws -> Int {
    var missing = 0
    for log in logs where follow || !log.isQuiet {
      if areNamed { try StandardOutput.line("==> \(log.title): \(log.text.path) <==") }
      if try !log.text.print(lastLines: tail), !log.isQuiet {
        log.tellMissing()
        missing += 1
      }
      if !follow { try log.text.finish() }
    }
    return missing
  }

  /// - Returns: the number of missing files.
  private func tellJSON(_ logs: [Log]) throws -> Int {
    var listing = Listing<LogRow>()
    var missing = 0
    for log in logs {
      let text = try log.text.text(lastLines: tail)
      let isQuiet = text == nil && log.isQuiet
      if text == nil, !isQuiet {
        log.tellMissing()
        missing += 1
      }
      var row = log.row
      row.text = text ?? ""
      if isQuiet { row.path = nil }
      listing.rows.append(row)
    }
    try listing.tell(output)
    return missing
  }

  private func rows(_ store: any StoreQueries, _ task: TaskID?, _ workflow: WorkflowID?) throws
    -> [TaskAttemptRow]
  {
    guard let task else { return try store.latestAttempts(of: workflow!, limit: nil) }
    let all = try store.attempts(of: [task], words: [])
    guard let attempt else { return all.suffix(1) }
    return attempt >= 1 && attempt <= all.count ? [all[attempt - 1]] : []
  }

  /// The requested files.
  private func paths(_ stdoutPath: String, _ stderrPath: String) -> [String] {
    var paths: [String] = []
    if !stderr || stdout { paths.append(stdoutPath) }
    if !stdout || stderr, stderrPath != stdoutPath || paths.isEmpty { paths.append(stderrPath) }
    return paths
  }

  /// Prints what is added to the files of one attempt, until the attempt ends.
  private func follow(_ logs: [Log], of attempt: AttemptRow, _ task: TaskID, _ store: any StoreQueries) throws
  {
    while true {
      let isOver =
        try store.attempts(of: [task], words: []).last { $0.attempt?.instance == attempt.instance }?.attempt?
        .status.isFinal ?? true
      var missing = 0
      for log in logs {
        let wasRefused = log.text.refusal != nil
        guard try !log.text.print(lastLines: nil) else { continue }
        missing += 1
        if log.text.refusal != nil, !wasRefused { log.tellMissing() }
      }
      if isOver {
        for log in logs { try log.text.finish() }
        guard missing == logs.count else { return }
        let now = try store.attempts(of: [task], words: []).compactMap(\.attempt).last {
          $0.instance == attempt.instance
        }
        let quiet = logs.filter { $0.ended(now ?? attempt).isQuiet }
        guard quiet.count == logs.count else { throw ExitCode(1) }
        tellQuiet(quiet[0].ended(now ?? attempt))
        return
      }
      usleep(200_000)
    }
  }
}

/// The content of one file, as JSON.
private struct LogRow: ListedRow {
  var task: TaskID?
  var name: String
  var instance: TaskInstanceID?
  var attempt: Int?
  var stream: String
  /// nil if nothing was written.
  var path: String?
  var text = ""

  enum CodingKeys: String, CodingKey, CaseIterable {
    case task = "task_id"
    case name = "task_name"
    case instance = "task_instance_id"
    case attempt, stream, path, text
  }

  var values: [JSONValue] {
    [
      JSONValue(task), .string(name), JSONValue(instance), JSONValue(attempt), .string(stream),
      JSONValue(path),
      .string(text),
    ]
  }
}

/// A log file of an attempt, or of the command at the end of a run.
private struct Log {
  /// Its title in a heading.
  let title: String
  /// Its row, without the content.
  let row: LogRow
  let text: LogText
  /// Why the file may be missing.
  private let absence: Absence

  private enum Absence {
    /// Removed; or, if its folder exists, nothing was written.
    case goneOrQuiet
    case notStarted, notYetStarted
  }
  let isOver: Bool

  init(task: TaskRow, attempt: AttemptRow, path: String, visible: VisibleText?) {
    title = task.name
    row = LogRow(
      task: task.id, name: task.name, instance: attempt.instance, attempt: attempt.attempt,
      stream: path == attempt.stdout ? "stdout" : "stderr", path: path)
    text = LogText(path: path, visible: visible)
    absence = Self.absence(attempt)
    isOver = attempt.status.isFinal
  }

  init(finish: FinishLogs, path: String, visible: VisibleText?) {
    title = "on_finish of run \(finish.run)"
    row = LogRow(name: "on_finish", stream: path == finish.stdout ? "stdout" : "stderr", path: path)
    text = LogText(path: path, visible: visible)
    absence = .goneOrQuiet
    isOver = true
  }

  private init(_ log: Log, _ attempt: AttemptRow) {
    (title, row, text, absence) = (log.title, log.row, log.text, Self.absence(attempt))
    isOver = attempt.status.isFinal
  }

  /// The same file, with the current state of its attempt.
  func ended(_ attempt: AttemptRow) -> Log { Log(self, attempt) }

  private static func absence(_ attempt: AttemptRow) -> Absence {
    attempt.started != nil ? .goneOrQuiet : attempt.status.isFinal ? .notStarted : .notYetStarted
  }

  /// Whether the file is missing because nothing was written.
  var isQuiet: Bool {
    absence == .goneOrQuiet && text.refusal == nil && !text.isThere
      && OSFile.exists(LogPath.home(of: LogPath.split(text.path).folder))
  }

  func tellMissing() {
    if let refusal = text.refusal {
      return Console.error("the log file \(text.path) cannot be shown: \(refusal)")
    }
    let sentence =
      switch absence {
      case .goneOrQuiet: "the log file \(text.path) is gone"
      case .notStarted: "there is no log file \(text.path): the command did not start"
      case .notYetStarted: "there is no log file \(text.path) yet: the command has not started"
      }
    Console.error(sentence)
  }
}
