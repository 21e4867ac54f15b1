import ArgumentParser
import JobmonCore

struct DatabasePathCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "db_path", abstract: "Print where the database is.")

  @OptionGroup var store: StoreOptions

  func run() throws { print(store.path(try store.configuration())) }
}
