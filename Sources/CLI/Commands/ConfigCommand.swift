import ArgumentParser
import JobmonCore

struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Show every setting, and where its value comes from.")

  @OptionGroup var file: ConfigurationFileOption
  @OptionGroup var output: OutputOptions

  func run() throws {
    var listing = Listing("KEY", "VALUE", "ORIGIN")
    listing.rows = try Configuration(file: file.path).settings.sorted { $0.key < $1.key }.map {
      key, setting in
      [.string(key), .string(setting.value), .string(setting.origin.description)]
    }
    try listing.tell(output)
  }
}

struct ConfigurationFileOption: ParsableArguments {
  @Option(
    name: [.customLong("config-file"), .customLong("config")],
    help: ArgumentHelp("The configuration file (default: ~/.jobmon.yaml).", valueName: "file"),
    completion: .file())
  var path: String?
}
