import ArgumentParser
import Foundation
import JobmonCore

struct LogsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logs", abstract: "Print what tasks wrote to their standard output and error.")

  @Option(name: [.short, .customLong("task_id")], help: ArgumentHelp("The task.", valueName: "id"))
  var task: Int64?

  @Option(
    name: [.short, .customLong("workflow_id")],
    help: ArgumentHelp("All tasks of this workflow.", valueName: "id"), completion: Completions.workflows)
  var workflow: Int64?

  @Flag(help: "Only standard output.")
  var stdout = false

  @Flag(help: "Only standard error.")
  var stderr = false

  @Option(help: ArgumentHelp("Only the last lines of each file.", valueName: "n"))
  var tail: Int?

  @Flag(help: "Go on printing what is added, until the task has ended.")
  var follow = false

  @Option(help: ArgumentHelp("Another attempt than the last, counted from 1 over all runs.", valueName: "n"))
  var attempt: Int?

  @OptionGroup var output: OutputOptions
  @OptionGroup var store: StoreOptions

  func validate() throws {
    if (task == nil) == (workflow == nil) {
      throw ValidationError("give a task with -t or a workflow with -w")
    }
    if let tail, tail < 0 { throw ValidationError("--tail takes a number of lines") }
    if follow, task == nil { throw ValidationError("--follow needs a task: -t") }
    if follow, output.isJSON { throw ValidationError("--follow prints text as it comes: not with JSON") }
  }

  func run() throws {
    let store = try store.open()
    let attempts = try rows(store).compactMap { row in row.attempt.map { (row.task, $0) } }
    let finish = try workflow.flatMap { try store.finishLogs(of: $0) }
    guard !attempts.isEmpty || finish != nil else {
      let what = task.map { "task \($0)" } ?? "workflow \(workflow ?? 0)"
      throw RunRefusal(
        .notFound,
        attempt.map { "\(what) has no attempt \($0)" } ?? "\(what) has not been started yet: it has no logs")
    }
    if output.isJSON { return try tellJSON(attempts, finish) }
    for (task, attempt) in attempts {
      for path in paths(attempt.stdout, attempt.stderr) {
        if workflow != nil { Console.print("==> \(task.name): \(path) <==") }
        fflush(nil)
        try LogText(path: path).print(lastLines: tail)
      }
    }
    if let finish {
      for path in paths(finish.stdout, finish.stderr) {
        Console.print("==> on_finish of run \(finish.run): \(path) <==")
        fflush(nil)
        try LogText(path: path).print(lastLines: tail)
      }
    }
    if follow, let (_, attempt) = attempts.last { try follow(attempt, store) }
  }

  private func tellJSON(_ attempts: [(TaskRow, AttemptRow)], _ finish: FinishLogs?) throws {
    var listing = Listing("TASK_ID", "TASK_NAME", "TASK_INSTANCE_ID", "ATTEMPT", "STREAM", "PATH", "TEXT")
    for (task, attempt) in attempts {
      for path in paths(attempt.stdout, attempt.stderr) {
        listing.rows.append([
          .integer(task.id), .string(task.name), .integer(attempt.instance), JSONValue(attempt.attempt),
          path == attempt.stdout ? "stdout" : "stderr", .string(path),
          .string(try LogText(path: path).text(lastLines: tail)),
        ])
      }
    }
    if let finish {
      for path in paths(finish.stdout, finish.stderr) {
        listing.rows.append([
          .null, "on_finish", .null, .null, path == finish.stdout ? "stdout" : "stderr", .string(path),
          .string(try LogText(path: path).text(lastLines: tail)),
        ])
      }
    }
    print(listing.json)
  }

  private func rows(_ store: SQLiteStore) throws -> [TaskAttemptRow] {
    guard let task else { return try store.latestAttempts(of: workflow!) }
    let all = try store.attempts(of: [task])
    guard let attempt else { return all.suffix(1) }
    return attempt >= 1 && attempt <= all.count ? [all[attempt - 1]] : []
  }

  /// Which of these files are asked for.
  private func paths(_ stdoutPath: String, _ stderrPath: String) -> [String] {
    var paths: [String] = []
    if !stderr || stdout { paths.append(stdoutPath) }
    if !stdout || stderr, stderrPath != stdoutPath || paths.isEmpty { paths.append(stderrPath) }
    return paths
  }

  private func follow(_ attempt: AttemptRow, _ store: SQLiteStore) throws {
    let texts = paths(attempt.stdout, attempt.stderr).map { LogText(path: $0, from: .end) }
    while true {
      let isOver =
        try store.attempts(of: [task!]).last { $0.attempt?.instance == attempt.instance }?.attempt?.status
        .isFinal ?? true
      for text in texts { try text.print(lastLines: nil) }
      if isOver { return }
      usleep(200_000)
    }
  }
}

/// A log file, printed byte for byte.
final class LogText {
  enum Start { case beginning, end }

  private let path: String
  private var offset: UInt64 = 0

  init(path: String, from start: Start = .beginning) {
    self.path = path
    if start == .end { offset = (try? OSFile.reading(path)?.seekToEnd()) ?? 0 }
  }

  /// Prints what has not been printed yet; a file that is not there (a command that wrote nothing) is empty.
  func print(lastLines: Int?) throws {
    try read(lastLines: lastLines) { bytes in
      do { try FileHandle.standardOutput.write(contentsOf: bytes) } catch {
        // The reader has gone, as in `jobmon logs … | head`: nothing is left to do.
        Foundation.exit(0)
      }
    }
  }

  /// The same as text; bytes that are none are replaced.
  func text(lastLines: Int?) throws -> String {
    var all = Data()
    try read(lastLines: lastLines) { all += $0 }
    return String(decoding: all, as: UTF8.self)
  }

  private func read(lastLines: Int?, _ body: (Data) -> Void) throws {
    guard let file = OSFile.reading(path) else { return }
    defer { try? file.close() }
    if let lastLines { offset = try Self.start(ofLast: lastLines, in: file) }
    try file.seek(toOffset: offset)
    while let bytes = try file.read(upToCount: 1 << 16), !bytes.isEmpty {
      offset += UInt64(bytes.count)
      body(bytes)
    }
  }

  /// Where the last `count` lines begin; read backwards, so that a large file costs nothing.
  private static func start(ofLast count: Int, in file: FileHandle) throws -> UInt64 {
    let size = try file.seekToEnd()
    if count == 0 { return size }
    var end = size
    var newlines = 0
    while end > 0 {
      let begin = end > 65_536 ? end - 65_536 : 0
      try file.seek(toOffset: begin)
      let bytes = [UInt8](try file.read(upToCount: Int(end - begin)) ?? Data())
      for place in bytes.indices.reversed() where bytes[place] == 0x0A {
        let offset = begin + UInt64(place)
        // The newline that ends the last line begins none.
        if offset == size - 1 { continue }
        newlines += 1
        if newlines == count { return offset + 1 }
      }
      end = begin
    }
    return 0
  }
}
