import ArgumentParser

/// `--plugins`: a cluster registry of one's own.
struct PluginsOption: ParsableArguments {
  @Option(
    help: ArgumentHelp("Extra plugins.json; overrides the others.", valueName: "file"), completion: .file())
  var plugins: String?
}
