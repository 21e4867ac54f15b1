import Dispatch
import Foundation
import GRDB
import Synchronization
import Testing

@testable import JobmonModel
@testable import JobmonStore

@Suite("The store: queries and read-only connections")
struct StoreReaderTests {
  let fixture: StoreFixture
  let store: SQLiteStore
  let workflow: WorkflowID

  init() throws {
    fixture = try StoreFixture()
    store = try fixture.open()
    workflow = try StoreFixture.bind(StoreFixture.definition(), in: store)
  }

  @Test func aReaderSeesLaterCommits() throws {
    let reader = try store.reader()
    #expect(reader.id == store.id)
    #expect(try reader.workflows(WorkflowFilter()).map(\.status) == [.queued])
    let (seq, version) = (try reader.lastSeq(), try reader.dataVersion())
    let run = try StoreFixture.run(workflow, in: store)
    #expect(try reader.dataVersion() != version)
    #expect(try reader.workflows(WorkflowFilter()).map(\.status) == [.running])
    #expect(try reader.changes(after: seq, of: workflow, limit: nil).map(\.run) == [run, run])
    #expect(try reader.history(of: workflow, limit: 1).map(\.to) == ["RUNNING"])
  }

  /// Neither waits for the other: a reader answers within a transaction of the writing connection.
  @Test func aReaderIsNotBlockedByTheWriter() throws {
    let reader = try store.reader()
    try store.write { database in
      try database.execute(sql: "UPDATE workflow SET name = 'changed'")
      #expect(try reader.workflows(WorkflowFilter()).map(\.name) == ["n"])
    }
    #expect(try reader.workflows(WorkflowFilter()).map(\.name) == ["changed"])
  }

  @Test func threadsCanShareAReader() throws {
    let reader = try store.reader()
    let counts = Mutex<[Int]>([])
    let workflow = workflow
    DispatchQueue.concurrentPerform(iterations: 16) { _ in
      let count = (try? reader.tasks(of: workflow, TaskFilter()).count) ?? -1
      counts.withLock { $0.append(count) }
    }
    #expect(counts.withLock { $0 } == Array(repeating: 4, count: 16))
  }

  @Test func aReaderNeverUpgradesADatabase() throws {
    let later = try SQLiteStore(path: fixture.folder + "/old.db", migrator: Self.migrator(of: 3))
    #expect(throws: StoreError.olderSchema(path: later.path, found: 3, known: SQLiteStore.version)) {
      try later.reader()
    }
    #expect(try later.read { try Schema.migrator.appliedIdentifiers($0) }.count == 3)
  }

  /// The migrations up to this version.
  private static func migrator(of version: Int) -> DatabaseMigrator {
    var migrator = DatabaseMigrator()
    for number in 1...version {
      migrator.registerMigration("\(number)") { try $0.execute(sql: Schema.version(number)) }
    }
    return migrator
  }

  @Test func noReaderOpensAReplacedFile() throws {
    try FileManager.default.moveItem(atPath: fixture.path, toPath: fixture.path + ".away")
    #expect(throws: StoreError.self) { try store.reader() }
    try FileManager.default.copyItem(atPath: fixture.path + ".away", toPath: fixture.path)
    #expect(throws: StoreError.gone(path: fixture.path)) { try store.reader() }
  }

  @Test("rows of attempts have machine-readable facts beside the sentences")
  func facts() throws {
    let run = try StoreFixture.run(workflow, in: store)
    let ids = Array(try store.reserveInstanceIDs(3))
    let later = Timestamp(milliseconds: 4_000_000_000_000)
    func end(_ place: Int, _ cause: Cause, _ status: TaskInstanceStatus, _ followUp: FollowUp?) -> Transition
    {
      .ended(
        EndRecord(
          instance: ids[place], task: TaskIndex(place), attempt: 1,
          outcome: Outcome(
            cause: cause, node: "n1", usage: ResourceUsage(wall: 1.5, cpu: 1, peakMemory: 13_107_200)),
          instanceStatus: status, from: .running,
          taskStatus: status == .done ? .done : followUp?.isRetry == true ? .registering : .fatal,
          followUp: followUp, at: .now))
    }
    _ = try store.apply(
      [
        StoreFixture.batch("b"), StoreFixture.start(0, ids[0], batch: "b"),
        StoreFixture.start(1, ids[1], batch: "b"), StoreFixture.start(2, ids[2], batch: "b"),
        end(0, .exit(3), .error, .noFurtherAttempt(.exitCodeNotRetried(3))),
        end(1, .nodeFailure, .error, .retryLater(notBefore: later)), end(2, .exit(0), .done, nil),
      ], run: run, synced: false)
    let first = try store.load(workflow).firstTask
    let rows = try store.taskStatus(of: [first, first + 1, first + 2, first + 3])
    #expect(rows.map(\.task) == [first, first + 1, first + 2, first + 3])
    #expect(
      rows.map(\.usage) == Array(repeating: "wall 1.50 s, cpu 1.00 s, memory 12.5 MiB", count: 3) + [nil])
    #expect(rows.map(\.cause) == ["exit", "nodeFailure", "exit", nil])
    #expect(rows.map(\.failureClass) == ["application", "infrastructure", nil, nil])
    #expect(rows.map(\.exitCode) == [3, nil, 0, nil])
    #expect(rows.map(\.isRetry) == [false, true, nil, nil])
    #expect(rows.map(\.notBefore) == [nil, later, nil, nil])
    #expect(rows.map(\.lastAttempt) == ["exit_code_not_retried", nil, nil, nil])
    #expect(rows.map(\.peakMemory) == [13_107_200, 13_107_200, 13_107_200, nil])
    #expect(rows[0].errorTrace == "exit code 3; exit code 3 is not retried" && rows[2].errorTrace == nil)
  }
}
