import Foundation
import JobmonModel

extension PluginRegistry {
  /// The entries of one source: the built-in one, or a file.
  public struct Layer: Sendable {
    /// A path, or ``PluginRegistry/builtInSource``.
    public var source: String
    var plugins: [String: JSONValue]
    var clusters: [String: JSONValue]

    /// Parses a registry.
    ///
    /// - Throws: ``RunRefusal`` with `invalid_file` if it is not a valid registry.
    public init(_ json: Data, source: String) throws {
      self.source = source
      let value: JSONValue
      do {
        value = try JSONDecoder().decode(JSONValue.self, from: json)
      } catch {
        throw Self.bad(source, .notJSON(reason: Self.sentence(error)))
      }
      guard case .object(let keys) = value else {
        throw Self.bad(source, .notObject)
      }
      let known = ["clusters", "plugins"]
      if let key = keys.keys.sorted().first(where: { !known.contains($0) }) {
        throw Self.bad(source, .unknownKey(key))
      }
      plugins = try Self.entries(keys, "plugins", source)
      clusters = try Self.entries(keys, "clusters", source)
    }

    /// Reads a file; nil if it does not exist.
    ///
    /// - Throws: ``RunRefusal`` with `invalid_file` if the file cannot be read, is not a valid registry, or can be
    ///   written by other users: it decides which programs are run.
    public init?(file: String) throws {
      guard OSFile.exists(file) else {
        if errno == ENOENT || errno == ENOTDIR { return nil }
        throw Self.bad(file, .unreadable(reason: String(cString: strerror(errno))))
      }
      if let fault = FileTrust.fault(of: file) {
        throw Self.bad(file, .untrusted(reason: fault))
      }
      guard let json = OSFile.contents(file) else {
        throw Self.bad(file, .unreadable(reason: nil))
      }
      try self.init(json, source: file)
    }

    private static func entries(_ keys: [String: JSONValue], _ key: String, _ source: String) throws
      -> [String: JSONValue]
    {
      switch keys[key] ?? .null {
      case .null: return [:]
      case .object(let entries): return entries
      default: throw bad(source, .sectionNotObject(key))
      }
    }

    static func bad(_ source: String, _ problem: RegistryFault.Problem) -> RunRefusal {
      RunRefusal(RegistryFault.bad(source: source, problem))
    }

    /// Why a text is not valid JSON.
    package static func sentence(_ error: any Error) -> String {
      guard case DecodingError.dataCorrupted(let context) = error else { return "\(error)" }
      let detail = (context.underlyingError as NSError?)?.userInfo[NSDebugDescriptionErrorKey] as? String
      return detail ?? context.debugDescription
    }
  }

  /// Merges layers; later layers override earlier ones. Plugins are replaced as a whole, clusters by key and option;
  /// null removes an entry. `~` and `$VAR` in options and commands are expanded.
  ///
  /// An invalid entry is an error only if its cluster is used (``cluster(_:)``).
  ///
  /// - Parameter builtins: the backends for entries `{"builtin": NAME}`.
  public init(layers: [Layer], builtins: [String: Factory], environment: [String: String]) {
    self.init()
    var plugins: [String: (JSONValue, source: String)] = [:]
    var clusters: [String: (JSONValue, source: String)] = [:]
    for layer in layers {
      for (name, entry) in layer.plugins { plugins[name] = entry == .null ? nil : (entry, layer.source) }
      for (name, entry) in layer.clusters {
        let merged = (clusters[name]?.0 ?? .object([:])).merged(with: entry, depth: 2)
        clusters[name] = entry == .null ? nil : (merged, layer.source)
      }
    }
    for (name, entry) in clusters {
      do {
        register(
          try Self.cluster(
            name, entry.0, source: entry.source, plugins: plugins, builtins, environment))
      } catch {
        register(Fault(name: name, source: entry.source, refusal: error))
      }
    }
  }

  private static func cluster(
    _ name: String, _ entry: JSONValue, source: String, plugins: [String: (JSONValue, source: String)],
    _ builtins: [String: Factory], _ environment: [String: String]
  ) throws(RunRefusal) -> Cluster {
    guard case .object(let keys) = entry else {
      throw Layer.bad(source, .clusterNotObject(name))
    }
    guard case .string(let plugin)? = keys["plugin"] else {
      throw Layer.bad(source, .noPlugin(cluster: name))
    }
    if let key = keys.keys.sorted().first(where: { !["plugin", "options"].contains($0) }) {
      throw Layer.bad(source, .unknownClusterKey(key, cluster: name))
    }
    guard let start = plugins[plugin] else {
      throw Layer.bad(source, .unknownPlugin(plugin, cluster: name, known: plugins.keys.sorted()))
    }
    guard case .object(let options) = keys["options"] ?? .object([:]) else {
      throw Layer.bad(source, .optionsNotObject(cluster: name))
    }
    return Cluster(
      name: name, plugin: plugin, options: options.mapValues { $0.expanded(environment) }, source: source,
      resourceKeys: Self.isBuiltin(start.0) ? [] : nil,
      makeExecutor: try factory(plugin, start.0, source: start.source, builtins, environment))
  }

  /// The backends in this program accept only the standard keys.
  private static func isBuiltin(_ entry: JSONValue) -> Bool {
    if case .object(let keys) = entry { keys["builtin"] != nil } else { false }
  }

  private static func factory(
    _ name: String, _ entry: JSONValue, source: String, _ builtins: [String: Factory],
    _ environment: [String: String]
  ) throws(RunRefusal) -> Factory {
    if case .object(let keys) = entry, keys.count == 1, let (kind, value) = keys.first {
      switch (kind, value) {
      case ("builtin", .string(let builtin)):
        if let factory = builtins[builtin] { return factory }
        throw Layer.bad(source, .unknownBuiltin(builtin, plugin: name, known: builtins.keys.sorted()))
      case ("command", .array(let words)):
        let program = words.map { if case .string(let word) = $0.expanded(environment) { word } else { "" } }
        guard !program.isEmpty, !program.contains("") else { break }
        return { Self.program(name, program, source: source, environment) }
      default: break
      }
    }
    throw Layer.bad(source, .noStart(plugin: name))
  }

  private static func program(
    _ plugin: String, _ command: [String], source: String, _ environment: [String: String]
  ) -> any Executor {
    let search = ProgramSearch(command[0], source: source, path: environment["PATH"] ?? "")
    guard let found = search.find() else { return UnsupportedExecutor(why: search.sentence(for: plugin)) }
    // If the program is a script, it is one of the arguments of the interpreter.
    for file in [found] + command.dropFirst().filter({ $0.hasPrefix("/") }) {
      guard let fault = FileTrust.fault(of: file) else { continue }
      return UnsupportedExecutor(why: "plugin '\(plugin)' is started by \(file), which \(fault)")
    }
    return WireExecutor(plugin: plugin, command: [found] + command.dropFirst())
  }
}

extension JSONValue {
  /// This object with the keys of another merged over it; null removes a key. Nested objects are merged in the same
  /// way, down to the given depth.
  fileprivate func merged(with other: JSONValue, depth: Int) -> JSONValue {
    guard depth > 0, case .object(var mine) = self, case .object(let theirs) = other else { return other }
    for (key, value) in theirs {
      mine[key] = value == .null ? nil : (mine[key] ?? .object([:])).merged(with: value, depth: depth - 1)
    }
    return .object(mine.filter { $0.value != .null })
  }

  /// This value with `~` at the beginning and `$VAR` or `${VAR}` anywhere expanded in every text. Variables that are
  /// not set are not replaced.
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
