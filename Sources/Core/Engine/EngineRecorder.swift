import Foundation
import JobmonModel

/// Writes down a run's plan and every turn, so that it can be replayed (``EngineReplay``): a line with the plan, then
/// for each turn a line with its events and time and a line with the actions that followed.
///
/// `JOBMON_RECORD=FILE` turns it on for any run.
final class EngineRecorder {
  struct Turn: Codable {
    var now: Instant
    var events: [EngineEvent]
  }

  private let path: String
  private let file: FileHandle
  private var isBroken = false

  /// - Throws: ``RunRefusal`` with `invalid_usage` where the file cannot be written.
  init(path: String, plan: EnginePlan) throws {
    self.path = path
    do {
      file = try PrivateFile.open(path)
      try file.write(contentsOf: Self.line(plan))
    } catch {
      throw RunRefusal(PreflightRefusal.recorder(path: path, reason: error.localizedDescription))
    }
  }

  /// - Returns: why the file cannot be written, once; nothing is recorded from then on.
  func record(_ events: [EngineEvent], _ now: Instant, _ actions: [EngineAction]) -> String? {
    if isBroken { return nil }
    do {
      try file.write(contentsOf: Self.line(Turn(now: now, events: events)) + Self.line(actions))
      return nil
    } catch {
      isBroken = true
      return "JOBMON_RECORD: \(path) cannot be written any more: \(error.localizedDescription)"
    }
  }

  /// One line, the same for the same value: keys are sorted.
  static func line(_ value: some Encodable) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Every value here is made of numbers, text and lists: encoding it cannot fail.
    return try! encoder.encode(value) + Data("\n".utf8)
  }
}

/// Gives a recorded run's events to a fresh engine again.
public struct EngineReplay {
  /// The first turn that went otherwise than it was recorded.
  public struct Difference: Hashable, Sendable {
    /// From 1.
    public var turn: Int
    /// The turn's actions as the file has them: JSON with sorted keys.
    public var recorded: String
    /// The turn's actions as this engine gave them, written in the same way.
    public var replayed: String
  }

  /// Turns that were replayed.
  public private(set) var turns = 0
  /// Where the engine went otherwise than recorded; nil: nowhere.
  public private(set) var difference: Difference?

  /// Replays a file that `JOBMON_RECORD` wrote, up to its end or the first difference. A last turn that was cut short
  /// is left out.
  ///
  /// - Throws: where the file cannot be read or is no record; ``EngineError``.
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
