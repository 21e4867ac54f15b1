import Foundation
import JobmonModel
import OSText

/// The files that a pattern matches, as a shell finds them: `*` and `?` and `[a-z]` within a name, `**` any number of
/// folders. Names that begin with a dot are matched only by patterns that do.
struct FileGlob {
  /// Paths that are looked for at most: more than a workflow may have tasks.
  private static let most = WorkflowDefinition.mostTasks

  /// The folder that a relative pattern counts from.
  let directory: String

  /// The paths that exist, sorted by bytes; relative ones for a relative pattern.
  func paths(_ pattern: String) -> [String] {
    var names = pattern.split(separator: "/").map(String.init)
    let isAbsolute = pattern.hasPrefix("/")
    // A path that ends with a slash names folders.
    let onlyFolders = pattern.hasSuffix("/")
    names.removeAll { $0 == "." }
    var found: [String] = []
    expand(isAbsolute ? "/" : "", names[...], onlyFolders, into: &found)
    return Array(Set(found)).sorted { OSText.bytes($0).lexicographicallyPrecedes(OSText.bytes($1)) }
  }

  private func expand(
    _ base: String, _ names: ArraySlice<String>, _ onlyFolders: Bool, into found: inout [String]
  ) {
    guard found.count <= Self.most else { return }
    guard let name = names.first else {
      if !onlyFolders || isFolder(base) { found.append(base) }
      return
    }
    let rest = names.dropFirst()
    if name == "**" {
      expand(base, rest, onlyFolders, into: &found)
      for child in children(base) where !child.hasPrefix(".") {
        let path = joined(base, child)
        // Links to folders are not followed: they may go round in a circle.
        if isFolder(path, followsLinks: false) { expand(path, names, onlyFolders, into: &found) }
      }
    } else if name.utf8.contains(where: { "*?[".utf8.contains($0) }) {
      for child in children(base) where matches(child, name) {
        let path = joined(base, child)
        if rest.isEmpty || isFolder(path) { expand(path, rest, onlyFolders, into: &found) }
      }
    } else {
      let path = joined(base, name.replacing("\\", with: ""))
      if exists(path) { expand(path, rest, onlyFolders, into: &found) }
    }
  }

  private func joined(_ base: String, _ name: String) -> String {
    base.isEmpty || base.hasSuffix("/") ? base + name : base + "/" + name
  }

  private func absolute(_ path: String) -> String {
    path.isEmpty ? directory : path.hasPrefix("/") ? path : directory + "/" + path
  }

  private func children(_ path: String) -> [String] { OSFile.names(in: absolute(path)) }

  private func matches(_ name: String, _ pattern: String) -> Bool {
    OSText.withCString(pattern) { pattern in
      OSText.withCString(name) { fnmatch(pattern, $0, FNM_PERIOD) == 0 }
    }
  }

  private func exists(_ path: String) -> Bool {
    var status = stat()
    return OSText.withCString(absolute(path)) { lstat($0, &status) } == 0
  }

  private func isFolder(_ path: String, followsLinks: Bool = true) -> Bool {
    var status = stat()
    let result = OSText.withCString(absolute(path)) {
      followsLinks ? stat($0, &status) : lstat($0, &status)
    }
    return result == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
