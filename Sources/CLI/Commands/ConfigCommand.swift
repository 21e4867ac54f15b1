import ArgumentParser
import JobmonCore

struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show all settings and their sources.",
    discussion: "EXAMPLE: jobmon config show")

  @OptionGroup var file: ConfigurationFileOption
  @OptionGroup var output: ListOptions

  func run() throws {
    let settings = try Configuration(file: file.path).settings.sorted { $0.key < $1.key }
    try Listing(
      settings.map { key, setting in
        SettingRow(key: key, value: setting.value, origin: setting.origin.description)
      }
    ).tell(output)
  }
}

private struct SettingRow: ListedRow {
  var key: String
  var value: String
  var origin: String

  enum CodingKeys: CodingKey, CaseIterable { case key, value, origin }

  var values: [JSONValue] { [.string(key), .string(value), .string(origin)] }
}
