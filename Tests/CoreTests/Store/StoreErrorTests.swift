import Foundation
import Testing

@testable import JobmonModel
@testable import JobmonStore

/// `errors` and `report` of workflows in which every task fails for a different reason.
@Suite("The store: many different errors", .serialized)
struct StoreErrorTests {
  /// The ratio of the times for `many` and for `few`, each the minimum of three measurements.
  private static func ratio(_ few: Int, _ many: Int, _ body: (Int) throws -> () throws -> Void) throws
    -> Double
  {
    func seconds(_ size: Int) throws -> Double {
      let work = try body(size)
      return try (0..<3).map { _ in
        let time = try ContinuousClock().measure { try work() }
        return Double(time.components.attoseconds) / 1e18 + Double(time.components.seconds)
      }.min()!
    }
    return try seconds(many) / max(seconds(few), 1e-6)
  }

  /// A sentence of words that no other number has.
  private static func sentence(_ number: Int, words: Int) -> String {
    (0..<words).map { word in
      var (rest, text) = (number &* 7919 &+ word &* 104_729, "")
      for _ in 0..<5 {
        text.unicodeScalars.append(Unicode.Scalar(UInt8(ascii: "g") + UInt8(rest % 19)))
        rest /= 19
      }
      return text
    }.joined(separator: " ")
  }

  private static func store(_ fixture: StoreFixture, failures: Int, words: Int) throws -> (
    SQLiteStore, WorkflowID
  ) {
    let store = try fixture.open()
    let workflow = try StoreFixture.bind(StoreFixture.definition(failures), in: store)
    let run = try StoreFixture.run(workflow, in: store)
    let ids = Array(try store.reserveInstanceIDs(failures))
    var transitions = [StoreFixture.batch("b")]
    for (task, id) in ids.enumerated() {
      transitions.append(StoreFixture.start(TaskIndex(task), id, batch: "b"))
      transitions.append(
        .ended(
          EndRecord(
            instance: id, task: TaskIndex(task), attempt: 1,
            outcome: Outcome(cause: .exit(1), message: sentence(task, words: words)), instanceStatus: .error,
            from: .running, taskStatus: .fatal, followUp: .noFurtherAttempt(.attemptsUsed(1)), at: .now)))
    }
    _ = try store.apply(transitions, run: run, synced: false)
    return (store, workflow)
  }

  @Test("grouping eight times as many errors takes about eight times as long")
  func many() throws {
    let ratio = try Self.ratio(1_000, 8_000) { failures in
      let fixture = try StoreFixture()
      let (store, workflow) = try Self.store(fixture, failures: failures, words: 9)
      return {
        withExtendedLifetime(fixture) {}
        let groups = try store.errors(of: workflow)
        #expect(groups.count == failures && groups.allSatisfy { $0.count == 1 })
        #expect(try store.report(of: workflow).errors.count == 50)
      }
    }
    // The ratio would be 64 if each error was compared with each other one.
    #expect(ratio < 24, "\(ratio)")
  }

  @Test(
    "normalizing a text that is eight times as long takes about eight times as long, whatever it contains")
  func long() throws {
    for piece in [
      "word ", "0:", "0:-", "/a ", "(((", "12345678-", "0.", "é", "\u{2003}", "a", "f0f0-",
    ] {
      let ratio = try Self.ratio(4_000, 32_000) { size in
        let text = String(repeating: piece, count: size)
        return { _ = Likeness(text).rest }
      }
      #expect(ratio < 24, "\(piece): \(ratio)")
    }
  }
}
