import Foundation
import JobmonModel
import OSText

/// Expands a file pattern like a shell: `*`, `?` and `[a-z]` within a name, `**` for any number of folders. A name that
/// begins with a dot matches only a pattern that begins with a dot.
struct FileGlob {
  /// The expansion stops when it has found more paths than a workflow may have tasks.
  private static let most = WorkflowDefinition.mostTasks

  /// The folder at which relative patterns start.
  let directory: String

  /// The matching paths, sorted by bytes. They are relative if the pattern is.
  func paths(_ pattern: String) -> [String] {
    var names = pattern.split(separator: "/").map(String.init)
    let isAbsolute = pattern.hasPrefix("/")
    // A pattern that ends with a slash matches only folders.
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
        // Links to folders are not followed: they may form a cycle.
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
    OSFile.status(absolute(path), followsLinks: false) != nil
  }

  private func isFolder(_ path: String, followsLinks: Bool = true) -> Bool {
    OSFile.isFolder(absolute(path), followsLinks: followsLinks)
  }
}
