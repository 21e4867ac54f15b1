import ArgumentParser
import Foundation
import JobmonCore

struct DatabaseBackupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup", abstract: "Copy the database; works while workflows run.",
    discussion: "EXAMPLE: jobmon db backup copy.db")

  @Argument(help: "The new file.", completion: .file())
  var file: String

  @OptionGroup var output: OutputOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    let store = try store.open()
    try store.backup(to: file)
    try output.tell(changed: 1, "copied \(store.path) to \(file)", ["file": .string(file)])
  }
}
