import ArgumentParser
import JobmonCore
import LocalPlugin

struct DatabaseRestoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Replace the database by a copy; keeps the present database.",
    discussion: """
      No workflow may be running. The copy is checked before, and the database afterwards, as by `jobmon db check`. The \
      present database is kept beside the new one; its path is printed. Also works for a damaged database.
      EXAMPLE: jobmon db restore copy.db
      """)

  @Argument(help: "A copy that `jobmon db backup` has written.", completion: .file())
  var file: String

  @Flag(
    name: .shortAndLong,
    help: "Restore even if the copy is damaged, or if tasks that it does not contain may still be running.")
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
      "restored \(path) from \(file): \(CountText.of(outcome.workflows, "workflow")), "
        + "\(outcome.done) of \(CountText.of(outcome.tasks, "task")) DONE"
        + (outcome.kept.map { "; the former database is kept as \($0)" } ?? ""),
      [
        "file": .string(file), "kept": JSONValue(outcome.kept), "workflows": JSONValue(outcome.workflows),
        "tasks": JSONValue(outcome.tasks), "done": JSONValue(outcome.done),
      ])
  }

  /// Why unfinished attempts may still be running; nil if they cannot be.
  private static func mayRun(_ attempts: DatabaseRestore.OpenAttempts) -> String? {
    if attempts.haveHandles { return "they have been submitted" }
    let processes = LocalCommands.processes(of: attempts.tokens)
    if processes.isEmpty { return nil }
    let names = processes.prefix(5).map(String.init).joined(separator: ", ")
    return "process\(processes.count == 1 ? "" : "es") \(names)\(processes.count > 5 ? ", …" : "")"
  }
}
