import ArgumentParser
import JobmonCore

struct ConfigurationFileOption: ParsableArguments {
  @Option(
    name: [.customLong("config-file"), .customLong("config")],
    help: ArgumentHelp("The configuration file (default: ~/.jobmon.yaml).", valueName: "file"),
    completion: .file())
  var path: String?
}
