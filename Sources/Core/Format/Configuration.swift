import Foundation
import JobmonModel
import OSText
import Yams

/// The settings of a user or a site. Command-line options override the environment, which overrides the file, which
/// overrides the defaults.
public struct Configuration: Sendable {
  /// The origin of a value.
  public enum Origin: Hashable, Sendable, CustomStringConvertible {
    /// Not set: the default of ``Configuration/standard``.
    case standard
    /// The configuration file at this path.
    case file(String)
    /// The environment variable with this name.
    case environment(String)

    /// For output: `default`, the file's path, or the variable's name after a `$`.
    public var description: String {
      switch self {
      case .standard: "default"
      case .file(let path): path
      case .environment(let name): "$\(name)"
      }
    }
  }

  /// The effective value of a setting, and its origin.
  public struct Setting: Hashable, Sendable {
    /// The value as text. It is valid for its key.
    public var value: String
    /// The origin of the value.
    public var origin: Origin
  }

  /// Every key, with its default. `~` is the user's home folder.
  public static let standard: [String: String] = [
    "database.path": "~/.jobmon/jobmon.db",
    "database.synchronous": "normal",
    "logs.directory": "~/.jobmon/logs",
    "heartbeat.interval": "30",
    "heartbeat.dead_after": "93",
    "engine.infrastructure_attempts": "10",
    "engine.backoff_first": "1s",
    "engine.backoff_max": "5m",
    "engine.kill_grace": "10s",
    "ui.color": "auto",
    "ui.progress": "true",
  ]

  /// Every setting, by key.
  public private(set) var settings: [String: Setting]

  /// Reads the configuration.
  ///
  /// - Parameters:
  ///   - file: from `--config`; nil: `~/.jobmon.yaml`, if it exists.
  ///   - environment: `JOBMON__SECTION__KEY`, and `JOBMON_DATABASE` for `database.path`.
  /// - Throws: ``RunRefusal`` for an unknown key, an invalid value, or a named file that does not exist.
  public init(file: String? = nil, environment: [String: String] = OSText.environmentByName) throws {
    settings = Self.standard.mapValues { Setting(value: $0, origin: .standard) }
    let path = file ?? HomeFolder.path(variable: environment["HOME"]) + "/.jobmon.yaml"
    try Self.requireTrust(path)
    if let bytes = OSFile.contents(path) {
      try read(String(decoding: bytes, as: UTF8.self), path: path)
    } else if file != nil {
      throw RunRefusal(ConfigurationFault.missing(path))
    }
    for name in environment.keys.sorted() where name.hasPrefix("JOBMON__") {
      let key = name.dropFirst("JOBMON__".count).lowercased().replacing("__", with: ".")
      try set(key, environment[name]!, .environment(name)) {
        RunRefusal(ConfigurationFault.inVariable(name, $0))
      }
    }
    if let database = environment["JOBMON_DATABASE"], !database.isEmpty {
      settings["database.path"] = Setting(value: database, origin: .environment("JOBMON_DATABASE"))
    }
  }

  /// Refuses a file that other users can write, because it contains the paths of logs and database.
  ///
  /// - Throws: ``RunRefusal``.
  static func requireTrust(_ path: String) throws {
    guard let fault = FileTrust.fault(of: path) else { return }
    throw RunRefusal(ConfigurationFault.untrusted(path, reason: fault))
  }

  /// The settings in a file with this text, with the defaults for the others.
  init(text: String, path: String) throws {
    settings = Self.standard.mapValues { Setting(value: $0, origin: .standard) }
    try read(text, path: path)
  }

  private mutating func read(_ text: String, path: String) throws {
    let text = TextLines.withoutMark(text)
    let lines = TextLines.split(text).map { $0.drop(while: \.isWhitespace) }
    if lines.allSatisfy({ $0.isEmpty || $0.hasPrefix("#") }) { return }
    let root = try FileNode.parse(text, file: path)
    if root.isNull { return }
    for (section, body) in try root.members("sections with keys") {
      for (key, value) in try body.members("keys with values") {
        try set("\(section).\(key)", try value.string(), .file(path)) {
          value.refusal(ConfigurationFault.inFile($0))
        }
      }
    }
  }

  private mutating func set(
    _ key: String, _ value: String, _ origin: Origin, refusal: (SettingFault) -> RunRefusal
  ) throws {
    if let fault = Self.settingFault(key, value) { throw refusal(fault) }
    settings[key] = Setting(value: value, origin: origin)
  }

  /// Why the key does not exist or the value is not valid for it; nil if both are correct.
  static func settingFault(_ key: String, _ value: String) -> SettingFault? {
    guard standard[key] != nil else {
      return .unknown(
        key, nearest: Suggestion.nearest(to: key, among: standard.keys), known: standard.keys.sorted())
    }
    return valueFault(value, of: key).map { .badValue(key: key, $0) }
  }

  /// Why `value` is not valid for `key`; nil if it is.
  public static func fault(of value: String, for key: String) -> String? {
    valueFault(value, of: key)?.description
  }

  private static func valueFault(_ value: String, of key: String) -> SettingFault.ValueOfSetting? {
    switch key {
    case "database.synchronous": word(value, ["normal", "full"])
    case "heartbeat.interval", "heartbeat.dead_after":
      switch seconds(value) {
      case nil: .notSpan(value)
      case 0: .noTime(value)
      default: nil
      }
    case "engine.backoff_first", "engine.backoff_max", "engine.kill_grace":
      seconds(value) == nil ? .notSpan(value) : nil
    case "engine.infrastructure_attempts": Int(value).map { $0 >= 1 } == true ? nil : .notAttempts(value)
    case "ui.color": word(value, ["auto", "always", "never"])
    case "ui.progress": word(value, ["true", "false"])
    default: value.isEmpty ? .empty : nil
    }
  }

  private static func word(_ value: String, _ words: [String]) -> SettingFault.ValueOfSetting? {
    words.contains(value) ? nil : .notWord(value, words)
  }

  /// Seconds. A number without a unit may have decimals. At most ``RuntimeSpan/longest``.
  private static func seconds(_ text: String) -> Double? {
    PlainNumber.value(text).map { min($0, Double(RuntimeSpan.longest)) }
      ?? RuntimeSpan.seconds(text).map(Double.init)
  }

  /// The value of a key of ``standard``, as text. Any other key is a programming error.
  public func text(_ key: String) -> String { settings[key]!.value }
  /// A time span in seconds, only for keys with such values (`heartbeat.*`, `engine.backoff_*`, `engine.kill_grace`).
  public func seconds(_ key: String) -> Double { Self.seconds(text(key))! }
  /// A whole number, only for keys with such values (`engine.infrastructure_attempts`).
  public func integer(_ key: String) -> Int { Int(text(key))! }

  /// An absolute path. `~` is replaced by the user's home folder.
  public func path(_ key: String) -> String {
    WorkflowFile.absolute(text(key), in: OSFile.currentFolder)
  }
}
