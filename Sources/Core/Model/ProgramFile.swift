import Foundation

/// Where programs are.
package enum ProgramFile {
  /// The first of these paths that can be executed.
  package static func first(of paths: [String]) -> String? {
    paths.first { OSFile.can($0, X_OK) && !OSFile.isFolder($0) }
  }

  /// Where `PATH` has a program of that name looked for, in order.
  package static func candidates(_ name: String, inPath path: String) -> [String] {
    path.utf8.split(separator: UInt8(ascii: ":")).map { "\(Substring($0))/\(name)" }
  }

  /// The folder of this process's program.
  package static var ownFolder: String { OSFile.folder(of: OSFile.ownProgram) }
}
