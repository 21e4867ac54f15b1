import Foundation

extension PluginRegistry {
  /// What one source says: the built-in one, or a file.
  public struct Layer: Sendable {
    /// A path, or ``PluginRegistry/builtInSource``.
    public var source: String
    var plugins: [String: JSONValue]
    var clusters: [String: JSONValue]

    /// - Throws: ``RunRefusal`` with `invalid_file` where this is no registry.
    public init(_ json: Data, source: String) throws {
      self.source = source
      let value: JSONValue
      do {
        value = try JSONDecoder().decode(JSONValue.self, from: json)
      } catch {
        throw Self.bad(source, "is no JSON: \(Self.sentence(error))")
      }
      guard case .object(let keys) = value else {
        throw Self.bad(source, "must be an object with plugins and clusters")
      }
      let known = ["clusters", "plugins"]
      if let key = keys.keys.sorted().first(where: { !known.contains($0) }) {
        throw Self.bad(source, "has the key '\(key)'; it may have clusters and plugins")
      }
      plugins = try Self.entries(keys, "plugins", source)
      clusters = try Self.entries(keys, "clusters", source)
    }

    /// Reads a file, if it is there.
    ///
    /// - Throws: ``RunRefusal`` with `invalid_file` where it cannot be read, is no registry, or others can write it:
    ///   it says what programs are run.
    public init?(file: String) throws {
      var found = stat()
      guard stat(file, &found) == 0 else {
        if errno == ENOENT || errno == ENOTDIR { return nil }
        throw Self.bad(file, "cannot be read: \(String(cString: strerror(errno)))")
      }
      guard found.st_mode & (S_IWGRP | S_IWOTH) == 0, found.st_uid == getuid() || found.st_uid == 0 else {
        throw Self.bad(
          file, "can be written by others, and it says what programs are run: chmod go-w it, and own it")
      }
      guard let json = FileManager.default.contents(atPath: file) else {
        throw Self.bad(file, "cannot be read")
      }
      try self.init(json, source: file)
    }

    private static func entries(_ keys: [String: JSONValue], _ key: String, _ source: String) throws
      -> [String: JSONValue]
    {
      switch keys[key] ?? .null {
      case .null: return [:]
      case .object(let entries):
        for (name, entry) in entries.sorted(by: { $0.key < $1.key }) {
          switch entry {
          case .object, .null: break
          default: throw bad(source, "\(key).\(name) must be an object, or null to remove it")
          }
        }
        return entries
      default: throw bad(source, "\(key) must be an object")
      }
    }

    static func bad(_ source: String, _ what: String) -> RunRefusal {
      RunRefusal(.invalidFile, "the cluster registry \(source) \(what)")
    }

    private static func sentence(_ error: any Error) -> String {
      guard case DecodingError.dataCorrupted(let context) = error else { return "\(error)" }
      let detail = (context.underlyingError as NSError?)?.userInfo[NSDebugDescriptionErrorKey] as? String
      return detail ?? context.debugDescription
    }
  }

  /// Merges layers, later over earlier: plugins as a whole, clusters key by key and option by option; null removes.
  /// `~` and `$VAR` in options expand.
  ///
  /// - Parameter builtins: what an entry `{"builtin": NAME}` can name.
  /// - Throws: ``RunRefusal`` with `invalid_file` where an entry makes no sense.
  public init(layers: [Layer], builtins: [String: Factory], environment: [String: String]) throws {
    self.init()
    var plugins: [String: (JSONValue, source: String)] = [:]
    var clusters: [String: (JSONValue, source: String)] = [:]
    for layer in layers {
      for (name, entry) in layer.plugins { plugins[name] = entry == .null ? nil : (entry, layer.source) }
      for (name, entry) in layer.clusters {
        let merged =
          (clusters[name]?.0).map { $0.merged(with: entry, depth: 2) }
          ?? entry.merged(with: .object([:]), depth: 2)
        clusters[name] = entry == .null ? nil : (merged, layer.source)
      }
    }
    var factories: [String: Factory] = [:]
    for (name, plugin) in plugins {
      factories[name] = try Self.factory(name, plugin.0, source: plugin.source, builtins)
    }
    for (name, cluster) in clusters {
      guard case .object(let keys) = cluster.0, case .string(let plugin)? = keys["plugin"] else {
        throw Layer.bad(
          cluster.source, #"does not say which plugin runs cluster '\#(name)': {"plugin": NAME}"#)
      }
      if let key = keys.keys.sorted().first(where: { !["plugin", "options"].contains($0) }) {
        throw Layer.bad(
          cluster.source, "gives cluster '\(name)' the key '\(key)'; it may have plugin and options")
      }
      guard let factory = factories[plugin] else {
        let known = factories.keys.sorted().joined(separator: ", ")
        throw Layer.bad(
          cluster.source,
          "gives cluster '\(name)' the plugin '\(plugin)', which there is not; known: \(known)")
      }
      guard case .object(let options) = keys["options"] ?? .object([:]) else {
        throw Layer.bad(cluster.source, "must give the options of cluster '\(name)' as an object")
      }
      register(
        Cluster(
          name: name, plugin: plugin, options: options.mapValues { $0.expanded(environment) },
          source: cluster.source, makeExecutor: factory))
    }
  }

  private static func factory(
    _ name: String, _ entry: JSONValue, source: String, _ builtins: [String: Factory]
  ) throws
    -> Factory
  {
    guard case .object(let keys) = entry, keys.count == 1, let (kind, value) = keys.first else {
      throw Layer.bad(
        source, #"must start plugin '\#(name)' either by {"builtin": NAME} or by {"command": [PROGRAM]}"#)
    }
    switch (kind, value) {
    case ("builtin", .string(let builtin)):
      if let factory = builtins[builtin] { return factory }
      let known = builtins.keys.sorted().joined(separator: ", ")
      throw Layer.bad(
        source, "starts plugin '\(name)' by the builtin '\(builtin)', which there is not; known: \(known)")
    case ("command", .array(let words)):
      let program = words.map { if case .string(let word) = $0 { word } else { "" } }
      guard !program.isEmpty, !program.contains("") else { break }
      return {
        UnsupportedExecutor(
          why:
            "plugin '\(name)' (\(program.joined(separator: " "))) is a program of its own: clusters of this kind are not supported by this version"
        )
      }
    default: break
    }
    throw Layer.bad(
      source, #"must start plugin '\#(name)' either by {"builtin": NAME} or by {"command": [PROGRAM]}"#)
  }
}

extension JSONValue {
  /// This object with the keys of another over it, nulls removing; objects in it likewise, to that depth.
  fileprivate func merged(with other: JSONValue, depth: Int) -> JSONValue {
    guard depth > 0, case .object(var mine) = self, case .object(let theirs) = other else { return other }
    for (key, value) in theirs {
      mine[key] = value == .null ? nil : (mine[key] ?? .object([:])).merged(with: value, depth: depth - 1)
    }
    return .object(mine.filter { $0.value != .null })
  }

  /// With a leading `~`, and `$VAR` or `${VAR}` anywhere, replaced in every text. An unset variable is left as it is.
  fileprivate func expanded(_ environment: [String: String]) -> JSONValue {
    switch self {
    case .string(let text): .string(Self.expand(text, environment))
    case .array(let list): .array(list.map { $0.expanded(environment) })
    case .object(let keys): .object(keys.mapValues { $0.expanded(environment) })
    default: self
    }
  }

  private static func expand(_ text: String, _ environment: [String: String]) -> String {
    var text = text
    if text == "~" || text.hasPrefix("~/"), let home = environment["HOME"] { text = home + text.dropFirst() }
    return text.replacing(#/\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))/#) { match in
      environment[String(match.1 ?? match.2 ?? "")] ?? String(match.0)
    }
  }
}
