import Dispatch
import GRDB
import Testing

@testable import JobmonModel
@testable import JobmonStore

@Suite("The store: a large table read in two halves")
struct StoreHalvesTests {
  let fixture: StoreFixture
  let store: SQLiteStore

  private struct Part: Sendable {
    var ids: ClosedRange<Int64>
    var attempts: Int
    var connection: Int
  }

  private struct Refused: Error {}

  /// Creates two rows far apart that every change modifies together.
  init() throws {
    fixture = try StoreFixture()
    store = try fixture.open()
    try store.write { database in
      for id in [7, 200_000] {
        try database.execute(
          sql: """
            INSERT INTO instance (id, workflow_id, task_id, run_id, batch_id, place, attempt, created, status, is_open)
            VALUES (\(id), 1, 1, 1, 1, 0, 1, 0, 'DONE', 0)
            """)
      }
    }
  }

  private static func change(_ store: SQLiteStore) throws {
    try store.write {
      try $0.execute(sql: "UPDATE progress SET seq = seq + 1; UPDATE instance SET attempt = attempt + 1")
    }
  }

  private func read() throws -> [Part] {
    try store.read { try store.readHalves(of: "instance", $0, Self.part) }
  }

  @Sendable private static func part(_ database: Database, _ ids: ClosedRange<Int64>) throws -> Part {
    let attempts = try Int.fetchOne(
      database, sql: "SELECT sum(attempt) FROM instance WHERE id BETWEEN ? AND ?",
      arguments: [ids.lowerBound, ids.upperBound])
    return Part(ids: ids, attempts: attempts!, connection: database.sqliteConnection!.hashValue)
  }

  @Test func theHalvesAreAdjacentAndUseTwoConnections() throws {
    let parts = try read()
    #expect(parts.map(\.ids.lowerBound) == [7, parts[0].ids.upperBound + 1])
    #expect(parts.last?.ids.upperBound == 200_000)
    #expect(Set(parts.map(\.connection)).count == 2)
  }

  @Test func fewRowsAreReadInOnePart() throws {
    try store.write { try $0.execute(sql: "UPDATE instance SET id = 8 WHERE id > 7") }
    #expect(try read().map(\.ids) == [7...8])
    try store.write { try $0.execute(sql: "DELETE FROM instance") }
    #expect(try read().isEmpty)
  }

  @Test func bothHalvesSeeTheSameStateDuringCommits() throws {
    let writer = try fixture.open()
    let isOver = DispatchSemaphore(value: 0)
    let written = DispatchGroup()
    DispatchQueue.global().async(group: written) {
      while isOver.wait(timeout: .now()) == .timedOut { try! Self.change(writer) }
    }
    defer {
      isOver.signal()
      written.wait()
    }
    var seen: Set<Int> = []
    // Repeat until enough reads were between commits, even if the writer rarely gets a processor.
    let deadline = ContinuousClock.now + .seconds(60)
    var reads = 0
    while reads < 200 || seen.count <= 2, ContinuousClock.now < deadline {
      reads += 1
      let parts = try read()
      #expect(parts.count == 2 && parts[0].attempts == parts[1].attempts)
      seen.insert(parts[0].attempts)
    }
    #expect(seen.count > 2)
  }

  @Test func anErrorInOneHalfIsThrown() throws {
    for refused in [Int64(7), 200_000] {
      #expect(throws: Refused.self) {
        try store.queue.read {
          try store.readHalves(of: "instance", $0) { _, ids in
            if ids.contains(refused) { throw Refused() }
          }
        }
      }
    }
    // No transaction is left open.
    try Self.change(store)
  }
}
