import DummyPlugin
import Foundation
import JobmonCore
import LocalPlugin
import OSText

extension PluginRegistry {
  /// The plugins that are part of this program.
  public static let builtins: [String: Factory] = [
    "local": { LocalExecutor() }, "dummy": { DummyExecutor() },
  ]

  /// Checks of the cluster options of each plugin, run before the options are used.
  static let optionChecks: [String: @Sendable ([String: JSONValue], _ cluster: String) throws -> Void] = [
    "local": LocalExecutor.check
  ]

  /// The top-level plugins.json, compiled in. A test keeps the two equal.
  static let compiledIn = """
    {
      "plugins": {
        "local": {"builtin": "local"},
        "dummy": {"builtin": "dummy"},
        "slurm": {"command": ["jobmon-slurm"]}
      },
      "clusters": {
        "local": {"plugin": "local", "options": {"slots": "cores"}},
        "multiprocess": {"plugin": "local", "options": {"slots": "cores"}},
        "sequential": {"plugin": "local", "options": {"slots": 1}},
        "dummy": {"plugin": "dummy", "options": {"seed": 1}},
        "slurm": {"plugin": "slurm", "options": {"scratch": "~/.jobmon/scratch"}}
      }
    }
    """

  /// The registry of this installation and user.
  ///
  /// Read in this order, later entries override earlier ones: what is compiled in, `PREFIX/share/jobmon/plugins.json`
  /// (beside the program's `bin`), `~/.jobmon/plugins.json`, `$JOBMON_PLUGINS`, and `file`.
  ///
  /// - Parameter file: from the command line.
  /// - Throws: ``RunRefusal`` with `invalid_file`, naming the file that is invalid, or that was requested and does not
  ///   exist.
  public static func standard(
    file: String?, environment: [String: String] = OSText.environmentByName
  ) throws -> PluginRegistry {
    try standard(file: file, environment: environment, own: nil)
  }

  /// - Parameter given: replaces the contents of `~/.jobmon/plugins.json`.
  static func standard(file: String?, environment: [String: String], own given: Layer?) throws
    -> PluginRegistry
  {
    var layers = [try Layer(Data(compiledIn.utf8), source: builtInSource)]
    let shared = OSFile.absolute("../share/jobmon/plugins.json", in: OSFile.folder(of: OSFile.ownProgram))
    let own = environment["HOME"].map { $0 + "/.jobmon/plugins.json" }
    if let layer = try Layer(file: shared) { layers.append(layer) }
    if let layer = try given ?? own.flatMap({ try Layer(file: $0) }) { layers.append(layer) }
    let named = environment["JOBMON_PLUGINS"].flatMap { $0.isEmpty ? nil : $0 }
    for path in [named, file].compactMap({ $0 }) {
      guard let layer = try Layer(file: path) else {
        throw RunRefusal(RegistryFault.missing(path: path))
      }
      layers.append(layer)
    }
    var registry = PluginRegistry(layers: layers, builtins: builtins, environment: environment)
    registry.makeCommandExecutor = { LocalExecutor() }
    return registry
  }
}
