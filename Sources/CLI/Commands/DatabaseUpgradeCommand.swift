import ArgumentParser
import JobmonCore

struct DatabaseUpgradeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "upgrade", abstract: "Upgrade the database to the version of this program; keeps a copy.",
    discussion: "EXAMPLE: jobmon db upgrade")

  @OptionGroup var output: OutputOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    let store = try store.open(.changing, tellsUpgrade: false)
    let upgrade = store.upgrade
    try output.tell(
      changed: upgrade == nil ? 0 : 1,
      upgrade?.description
        ?? "the database \(store.path) already has version \(SQLiteStore.version): nothing to do",
      [
        "from": JSONValue(upgrade?.from ?? SQLiteStore.version), "to": JSONValue(SQLiteStore.version),
        "copy": JSONValue(upgrade?.copy),
      ])
  }
}
