import Foundation
import JobmonModel

/// Finds a plugin's program: first in the folder of this program, then in the folder of its registry file if the name
/// contains a slash, otherwise in PATH.
struct ProgramSearch {
  let name: String
  /// The registry that contains the name.
  let source: String
  private let candidates: [String]

  init(_ name: String, source: String, path: String) {
    self.name = name
    self.source = source
    if name.hasPrefix("/") {
      candidates = [name]
      return
    }
    var candidates = [ProgramFile.ownFolder + "/" + name]
    if name.contains("/") {
      if source != PluginRegistry.builtInSource {
        candidates.append(OSFile.folder(of: OSFile.absolute(source, in: OSFile.currentFolder)) + "/" + name)
      }
    } else {
      candidates += ProgramFile.candidates(name, inPath: path)
    }
    self.candidates = candidates
  }

  func find() -> String? { ProgramFile.first(of: candidates) }

  /// The message if the program was not found.
  func sentence(for plugin: String) -> String {
    let unusable = candidates.first { OSFile.exists($0) }
    if let unusable {
      return "plugin '\(plugin)' is started by \(unusable), which is not executable: run chmod +x on it"
    }
    let looked =
      name.hasPrefix("/")
      ? "" : name.contains("/") ? " beside jobmon or beside \(source)" : " beside jobmon or in PATH"
    return
      "plugin '\(plugin)' needs the program \(name), which was not found\(looked): install it, or correct plugins.\(plugin).command (from: \(source))"
  }
}
