import ArgumentParser

/// `jobmon config …`; without a subcommand it shows the settings.
struct ConfigGroup: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Show and change settings.",
    subcommands: [ConfigCommand.self, UpdateConfigCommand.self], defaultSubcommand: ConfigCommand.self)
}
