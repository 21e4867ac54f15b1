import Foundation

/// Finds programs.
package enum ProgramFile {
  /// The first of these paths that can be executed.
  package static func first(of paths: [String]) -> String? {
    paths.first { OSFile.can($0, X_OK) && !OSFile.isFolder($0) }
  }

  /// The paths at which `PATH` looks for a program with this name, in order.
  package static func candidates(_ name: String, inPath path: String) -> [String] {
    path.utf8.split(separator: UInt8(ascii: ":")).map { "\(Substring($0))/\(name)" }
  }

  /// The folder of this process's program.
  package static var ownFolder: String { OSFile.folder(of: OSFile.ownProgram) }
}
