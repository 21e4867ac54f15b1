import ArgumentParser
import Foundation
import JobmonCore

struct DatabaseBackupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup", abstract: "Copy the database as it is at this moment, while runs go on.",
    discussion: "EXAMPLE: jobmon db backup copy.db")

  @Argument(help: "The new file to copy it to.", completion: .file())
  var file: String

  @OptionGroup var output: OutputOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    let store = try store.open()
    try store.backup(to: file)
    try output.tell(changed: 1, "copied \(store.path) to \(file)", ["file": .string(file)])
  }
}
