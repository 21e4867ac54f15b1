import Foundation
import JobmonCore
import LocalPlugin
import OSText

/// The user's own registry of clusters, `~/.jobmon/plugins.json`, that options are written into.
public struct RegistryFile {
  /// `.jobmon/plugins.json` below the user's home; the file need not be there.
  public let path: String
  private let environment: [String: String]

  /// The file of the user whose HOME this environment names; the same environment is read by `$VAR` in registries.
  public init(environment: [String: String] = OSText.environmentByName) {
    self.environment = environment
    path = HomeFolder.path(variable: environment["HOME"]) + "/.jobmon/plugins.json"
  }

  /// Sets an option of a cluster, or with the key `plugin` the plugin that runs it, which also makes a new cluster.
  ///
  /// - Parameter value: JSON where it is such, else text; `null` takes away what other registries say.
  /// - Returns: whether anything changed.
  /// - Throws: ``RunRefusal``: a cluster or an option that there is not, a value that makes no sense, a file that
  ///   cannot be written.
  public func set(_ key: String, of cluster: String, to value: String) throws -> Bool {
    let known = try PluginRegistry.standard(file: nil, environment: environment)
    if key != "plugin" { _ = try known.cluster(cluster) }
    let old = try document()
    var document = old
    let new = (try? JSONDecoder().decode(JSONValue.self, from: Data(value.utf8))) ?? .string(value)
    document.set(new, at: ["clusters", cluster] + (key == "plugin" ? [key] : ["options", key]))
    guard document != old else { return false }
    try check(document, cluster: cluster)
    try PrivateFile.write(try Self.text(document), to: path)
    return true
  }

  /// What stands in the file; an object without members where there is none.
  private func document() throws -> JSONValue {
    guard try PluginRegistry.Layer(file: path) != nil, let json = OSFile.contents(path)
    else {
      return .object([:])
    }
    return try JSONDecoder().decode(JSONValue.self, from: json)
  }

  /// Reads the registry as it would be with this file.
  private func check(_ document: JSONValue, cluster: String) throws {
    let layer = try PluginRegistry.Layer(Data(try Self.text(document).utf8), source: path)
    let registry = try PluginRegistry.standard(file: nil, environment: environment, own: layer)
    let cluster = try registry.cluster(cluster)
    guard let check = PluginRegistry.optionChecks[cluster.plugin] else { return }
    do {
      try check(cluster.options, cluster.name)
    } catch {
      throw RunRefusal(RegistryFault.badOptions(reason: "\(error)"))
    }
  }

  private static func text(_ document: JSONValue) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
  }
}

extension JSONValue {
  /// Puts a value at a path of keys, making the objects on the way.
  fileprivate mutating func set(_ value: JSONValue, at path: [String]) {
    guard let key = path.first else {
      self = value
      return
    }
    var members: [String: JSONValue] = if case .object(let own) = self { own } else { [:] }
    var member = members[key] ?? .object([:])
    member.set(value, at: Array(path.dropFirst()))
    members[key] = member
    self = .object(members)
  }
}
