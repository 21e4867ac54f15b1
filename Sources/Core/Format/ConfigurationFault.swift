import JobmonModel

/// What is wrong with a setting of the configuration, independent of where it is given.
package enum SettingFault: Error, Hashable, Sendable {
  case unknown(String, nearest: String?, known: [String])
  /// A value that is not valid for its key.
  case badValue(key: String, ValueOfSetting)

  /// Why a text is not a valid value of a setting.
  package enum ValueOfSetting: Hashable, Sendable {
    case notSpan(String)
    case noTime(String)
    case notAttempts(String)
    /// Not one of these words.
    case notWord(String, [String])
    case empty
  }
}

/// Why the configuration cannot be used or changed.
package enum ConfigurationFault: RefusalReason, Hashable {
  /// In a file. The refusal has the position.
  case inFile(SettingFault)
  /// In an environment variable.
  case inVariable(String, SettingFault)
  /// In a value to be written to the file.
  case given(SettingFault)
  case missing(String)
  case unreadable(String)
  /// Other users can write the file; the reason.
  case untrusted(String, reason: String)
  /// The file has a form that only a person can change.
  case notEditable(key: String)
}

extension SettingFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unknown(let key, let nearest, let known):
      "there is no setting '\(key)'; "
        + (nearest.map { "did you mean '\($0)'?" } ?? "the settings are \(known.joined(separator: ", "))")
    case .badValue(let key, let fault): "\(key): \(fault)"
    }
  }
}

extension SettingFault.ValueOfSetting: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notSpan(let value): "'\(value)' is not a valid time span; examples: 30, 90s, 5m"
    case .noTime(let value):
      "'\(value)' is not a valid time span: it must be more than 0; examples: 30, 90s, 5m"
    case .notAttempts(let value):
      "'\(value)' is not a valid number of attempts: give a whole number, 1 or more"
    case .notWord(let value, let words) where words.count == 2:
      "'\(value)' is neither \(words[0]) nor \(words[1])"
    case .notWord(let value, let words): "'\(value)' is not one of \(words.joined(separator: ", "))"
    case .empty: "the value is empty"
    }
  }
}

extension ConfigurationFault {
  package var code: RunRefusal.Code {
    switch self {
    case .inFile, .untrusted, .notEditable: .invalidFile
    case .inVariable, .given, .missing, .unreadable: .invalidUsage
    }
  }

  package var message: String {
    switch self {
    case .inFile(let fault), .given(let fault): fault.description
    case .inVariable(let name, let fault): "$\(name): \(fault)"
    case .missing(let path): "there is no configuration file \(path)"
    case .unreadable(let path): "\(path) cannot be read"
    case .untrusted(let path, let reason): "the configuration file \(path) \(reason)"
    case .notEditable(let key):
      "this command cannot change the file in its present form: set \(key) by hand"
    }
  }
}
