import ArgumentParser
import JobmonCore

struct DatabaseCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "db_check",
    abstract: "Look for anything that should never be in the database; exit code 1 where there is.")

  @OptionGroup var output: OutputOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    var listing = Listing("CHECK", "EXPLANATION")
    listing.rows = try store.open(takesForeignLog: true).check().map {
      [.string($0.check), .string($0.explanation)]
    }
    if listing.rows.isEmpty, !output.isJSON {
      try StandardOutput.line("the database is as it should be")
    } else {
      try listing.tell(output)
    }
    if !listing.rows.isEmpty { throw ExitCode(1) }
  }
}
