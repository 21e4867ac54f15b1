import GRDB
import JobmonModel

extension SQLiteStore {
  /// A word of ours that the database holds.
  ///
  /// - Throws: ``StoreError/corrupt(path:_:)`` where it is none of ours.
  func stored<Word: RawRepresentable>(_ text: String, as type: Word.Type = Word.self) throws -> Word
  where Word.RawValue == String {
    guard let word = Word(rawValue: text) else {
      throw StoreError.corrupt(path: path, "it holds \"\(text)\" where a \(Word.self) should be")
    }
    return word
  }
}

extension TaskStatus {
  /// What a task is while this instance of it is open.
  init(open instance: TaskInstanceStatus) {
    switch instance {
    case .running: self = .running
    case .launched: self = .launched
    default: self = .instantiated
    }
  }

  /// Those that stand on a task's own row; the others follow from its open instance.
  static let kept: [TaskStatus] = [.registering, .done, .error, .adjusting, .fatal]
}
