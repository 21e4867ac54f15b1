import ArgumentParser
import JobmonCore
import LocalPlugin

struct DatabaseRestoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Replace the database by a copy. The present database is kept.",
    discussion: """
      No run may be live. The copy is checked first, and the database afterwards, as db_check does. The present database is \
      kept beside the new one, and its path is printed. A damaged database can be replaced, too.
      EXAMPLE: jobmon db restore copy.db
      """)

  @Argument(help: "A copy that db_backup has written.", completion: .file())
  var file: String

  @Flag(
    name: .shortAndLong,
    help: "Restore although the copy is damaged, or tasks that the copy does not know may still run.")
  var force = false

  @OptionGroup var output: OutputOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    let path = try store.path(try store.configuration())
    let outcome = try DatabaseRestore(copy: file, path: path).run(takesFaults: force) { attempts in
      force ? nil : Self.mayRun(attempts)
    }
    try output.tell(
      changed: 1,
      "restored \(path) from \(file): \(outcome.workflows) workflow\(outcome.workflows == 1 ? "" : "s"), "
        + "\(outcome.done) of \(outcome.tasks) tasks DONE"
        + (outcome.kept.map { "; the former database is kept as \($0)" } ?? ""),
      [
        "file": .string(file), "kept": JSONValue(outcome.kept), "workflows": JSONValue(outcome.workflows),
        "tasks": JSONValue(outcome.tasks), "done": JSONValue(outcome.done),
      ])
  }

  /// Why attempts that have not ended may still run; nil where they do not.
  private static func mayRun(_ attempts: DatabaseRestore.OpenAttempts) -> String? {
    if attempts.haveHandles { return "they have been submitted" }
    let processes = LocalCommands.processes(of: attempts.tokens)
    if processes.isEmpty { return nil }
    let names = processes.prefix(5).map(String.init).joined(separator: ", ")
    return "process\(processes.count == 1 ? "" : "es") \(names)\(processes.count > 5 ? ", …" : "")"
  }
}
