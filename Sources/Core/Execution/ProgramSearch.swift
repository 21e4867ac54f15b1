import Foundation
import JobmonModel

/// Where a plugin's program is: beside this one, then in its registry file's folder if the name has a slash, then in
/// PATH.
struct ProgramSearch {
  let name: String
  /// The registry that names it, and where each place was looked at.
  let source: String
  private let places: [String]

  init(_ name: String, source: String, path: String) {
    self.name = name
    self.source = source
    if name.hasPrefix("/") {
      places = [name]
      return
    }
    var places = [Self.ownFolder + "/" + name]
    if name.contains("/") {
      if source != PluginRegistry.builtInSource {
        places.append(OSFile.folder(of: OSFile.absolute(source, in: OSFile.currentFolder)) + "/" + name)
      }
    } else {
      places += path.split(separator: ":").map { "\($0)/\(name)" }
    }
    self.places = places
  }

  func find() -> String? {
    places.first { OSFile.can($0, X_OK) && !OSFile.isFolder($0) }
  }

  /// What to do where there is none.
  func sentence(for plugin: String) -> String {
    let unusable = places.first { OSFile.exists($0) }
    if let unusable {
      return "plugin '\(plugin)' is started by \(unusable), which is not executable: chmod +x it"
    }
    let looked =
      name.hasPrefix("/")
      ? "" : name.contains("/") ? " beside jobmon nor beside \(source)" : " beside jobmon nor in PATH"
    return
      "plugin '\(plugin)' is started by the program \(name), and there is none\(looked): install it, or correct plugins.\(plugin).command (from: \(source))"
  }

  /// The folder of this process's program.
  static var ownFolder: String {
    OSFile.folder(of: OSFile.ownProgram)
  }
}
