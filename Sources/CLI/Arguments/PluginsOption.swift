import ArgumentParser

/// `--plugins`: the user's own cluster registry.
struct PluginsOption: ParsableArguments {
  @Option(
    help: ArgumentHelp("Extra plugins.json; overrides the others.", valueName: "file"), completion: .file())
  var plugins: String?
}
