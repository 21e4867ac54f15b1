import Foundation
import JobmonCore
import LocalPlugin
import OSText

/// The user's own registry of clusters, `~/.jobmon/plugins.json`, to which options are written.
public struct RegistryFile {
  /// `.jobmon/plugins.json` below the user's home directory; the file need not exist.
  public let path: String
  private let environment: [String: String]

  /// The file of the user whose HOME this environment names. `$VAR` in registries is read from the same environment.
  public init(environment: [String: String] = OSText.environmentByName) {
    self.environment = environment
    path = HomeFolder.path(variable: environment["HOME"]) + "/.jobmon/plugins.json"
  }

  /// Sets an option of a cluster. The key `plugin` sets the plugin of the cluster and creates the cluster if it is new.
  ///
  /// - Parameter value: JSON if it is valid JSON, else text; `null` removes what other registries set.
  /// - Returns: whether anything changed.
  /// - Throws: ``RunRefusal`` if the cluster or the option does not exist, the value is invalid, or the file cannot be
  ///   written.
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

  /// The contents of the file; an empty object if the file does not exist.
  private func document() throws -> JSONValue {
    guard try PluginRegistry.Layer(file: path) != nil, let json = OSFile.contents(path)
    else {
      return .object([:])
    }
    return try JSONDecoder().decode(JSONValue.self, from: json)
  }

  /// Checks the registry as it would be with this document.
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
  /// Sets a value at a path of keys and creates missing objects.
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
