import Foundation
import JobmonModel

/// Records a run's plan and every turn, for replay (``EngineReplay``). The file starts with a line for the plan. Each
/// turn adds a line with its events and time, and a line with the resulting actions.
///
/// `JOBMON_RECORD=FILE` enables it for any run.
final class EngineRecorder {
  struct Turn: Codable {
    var now: Instant
    var events: [EngineEvent]
  }

  private let path: String
  private let file: FileHandle
  private var isBroken = false

  /// - Throws: ``RunRefusal`` with `invalid_usage` if the file cannot be written.
  init(path: String, plan: EnginePlan) throws {
    self.path = path
    do {
      file = try PrivateFile.open(path)
      try file.write(contentsOf: Self.line(plan))
    } catch {
      throw RunRefusal(PreflightRefusal.recorder(path: path, reason: error.localizedDescription))
    }
  }

  /// - Returns: why the file cannot be written, once; nothing is recorded afterwards.
  func record(_ events: [EngineEvent], _ now: Instant, _ actions: [EngineAction]) -> String? {
    if isBroken { return nil }
    do {
      try file.write(contentsOf: Self.line(Turn(now: now, events: events)) + Self.line(actions))
      return nil
    } catch {
      isBroken = true
      return "JOBMON_RECORD: \(path) can no longer be written: \(error.localizedDescription)"
    }
  }

  /// One line of JSON. Keys are sorted, so equal values give equal lines.
  static func line(_ value: some Encodable) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // All values consist of numbers, text and lists, so encoding cannot fail.
    return try! encoder.encode(value) + Data("\n".utf8)
  }
}

/// Replays a recorded run's events on a new engine.
public struct EngineReplay {
  /// The first turn whose actions differ from the recorded ones.
  public struct Difference: Hashable, Sendable {
    /// Number of the turn, from 1.
    public var turn: Int
    /// The recorded actions of the turn: JSON with sorted keys.
    public var recorded: String
    /// This engine's actions for the turn, in the same format.
    public var replayed: String
  }

  /// Number of turns replayed.
  public private(set) var turns = 0
  /// The first difference; nil if there is none.
  public private(set) var difference: Difference?

  /// Replays a file written by `JOBMON_RECORD`, up to its end or to the first difference. An incomplete last turn is
  /// ignored.
  ///
  /// - Throws: an error if the file cannot be read or is not a recording; ``EngineError``.
  public init(path: String) throws {
    let lines = try Data(contentsOf: URL(fileURLWithPath: path)).split(separator: UInt8(ascii: "\n"))
    let decoder = JSONDecoder()
    var engine = Engine(try decoder.decode(EnginePlan.self, from: lines.first ?? Data()))
    for place in stride(from: 1, to: lines.count - 1, by: 2) {
      let turn = try decoder.decode(EngineRecorder.Turn.self, from: lines[place])
      let replayed = EngineRecorder.line(try engine.turn(turn.events, now: turn.now)).dropLast()
      turns += 1
      if replayed != lines[place + 1] {
        difference = Difference(
          turn: turns, recorded: String(decoding: lines[place + 1], as: UTF8.self),
          replayed: String(decoding: replayed, as: UTF8.self))
        return
      }
    }
  }
}
