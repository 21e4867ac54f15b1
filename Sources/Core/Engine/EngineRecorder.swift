import Foundation

/// Writes down every turn of a run, so that it can be replayed: a line with its events and time, a line with the
/// actions that followed.
///
/// `JOBMON_RECORD=FILE` turns it on for any run.
final class EngineRecorder {
  struct Turn: Codable {
    var now: Instant
    var events: [EngineEvent]
  }

  private let file: FileHandle

  init(path: String) throws {
    guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
      let file = FileHandle(forWritingAtPath: path)
    else { throw RunRefusal(.invalidUsage, "JOBMON_RECORD: \(path) cannot be written") }
    self.file = file
  }

  func record(_ events: [EngineEvent], _ now: Instant, _ actions: [EngineAction]) {
    file.write(Self.line(Turn(now: now, events: events)))
    file.write(Self.line(actions))
  }

  /// One line, the same for the same value: keys are sorted.
  static func line(_ value: some Encodable) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Every value here is made of numbers, text and lists: encoding it cannot fail.
    return try! encoder.encode(value) + Data("\n".utf8)
  }
}
