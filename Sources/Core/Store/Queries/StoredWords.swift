import GRDB
import JobmonModel

extension SQLiteStore {
  /// Converts a word from the database.
  ///
  /// - Throws: ``StoreError/corrupt(path:_:)`` if the word is unknown.
  func stored<Word: RawRepresentable>(_ text: String, as type: Word.Type = Word.self) throws -> Word
  where Word.RawValue == String {
    guard let word = Word(rawValue: text) else {
      throw StoreError.corrupt(path: path, "\"\(text)\" is not a valid status")
    }
    return word
  }
}

extension TaskStatus {
  /// The state of a task with this open instance.
  init(open instance: TaskInstanceStatus) {
    switch instance {
    case .running: self = .running
    case .launched: self = .launched
    default: self = .instantiated
    }
  }

  /// The states that are stored in a task's own row. The others follow from its open instance.
  static let kept: [TaskStatus] = [.registering, .done, .error, .adjusting, .fatal]
}
