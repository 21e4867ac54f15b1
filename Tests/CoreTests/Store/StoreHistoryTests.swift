import Foundation
import Testing

@testable import JobmonModel
@testable import JobmonStore

@Suite("The store: history and usage")
struct StoreHistoryTests {
  let fixture: StoreFixture
  let store: SQLiteStore
  let workflow: WorkflowID
  let me = Operator(uid: 1, user: "me")

  init() throws {
    fixture = try StoreFixture()
    store = try fixture.open()
    workflow = try StoreFixture.bind(StoreFixture.definition(), in: store)
  }

  private func words(_ rows: [HistoryRow]) -> [String] {
    rows.map { "\($0.kind.rawValue) \($0.taskName ?? "-") \($0.from ?? "-")>\($0.to) \($0.by ?? "-")" }
  }

  /// Two attempts of w0, the second one done; an open attempt of w1; then the run is lost.
  private func run() throws -> (first: Int64, ids: [TaskInstanceID]) {
    let run = try StoreFixture.run(workflow, in: store)
    let ids = Array(try store.reserveInstanceIDs(3))
    let first = try store.apply(
      [
        StoreFixture.batch("b"), StoreFixture.start(0, ids[0], batch: "b"),
        .launched(batch: "b", [LaunchRecord(instance: ids[0], task: 0)], handle: "7", at: .now),
        .started(ids[0], 0, node: "n", at: .now),
        StoreFixture.end(0, ids[0], .exit(1), to: .error, .error, isRetry: true),
        StoreFixture.start(0, ids[1], batch: "b", attempt: 2), .started(ids[1], 0, node: "n", at: .now),
        StoreFixture.end(0, ids[1], .exit(0), to: .done, .done), StoreFixture.start(1, ids[2], batch: "b"),
        .started(ids[2], 1, node: "n", at: .now),
      ], run: run, synced: false)
    return (first, ids)
  }

  @Test("the history has a row for each change of an instance and for each resulting status of its task")
  func instances() throws {
    let (first, ids) = try run()
    let task = try store.load(workflow).firstTask
    let rows = try store.history(ofTask: task)
    #expect(
      words(rows) == [
        "task_instance w0 ->INSTANTIATED run 1", "task_instance w0 INSTANTIATED>LAUNCHED run 1",
        "task_instance w0 LAUNCHED>RUNNING run 1", "task w0 SCHEDULED>RUNNING run 1",
        "task_instance w0 RUNNING>ERROR run 1", "task w0 RUNNING>PENDING run 1",
        "task_instance w0 ->INSTANTIATED run 1", "task_instance w0 LAUNCHED>RUNNING run 1",
        "task w0 SCHEDULED>RUNNING run 1", "task_instance w0 RUNNING>DONE run 1",
        "task w0 RUNNING>DONE run 1",
      ])
    // batch 1, w0 1, launched 1, started 2, ended 2: each step has its own number.
    #expect(rows.map { $0.seq - first } == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    #expect(rows[4].cause == "exit" && rows[0].cause == nil)
    #expect(
      rows.filter { $0.kind == .taskInstance }.map(\.id) == [
        ids[0], ids[0], ids[0], ids[0], ids[1], ids[1], ids[1],
      ])
    let open = try store.history(ofTask: task + 1)
    #expect(open.map(\.to) == ["INSTANTIATED", "RUNNING", "RUNNING"])
    #expect(open[2].seq == open[1].seq + 1)
  }

  @Test(
    "each changed task has its own row with its statuses in words, and an end after a reset changes no task")
  func changes() throws {
    let (_, ids) = try run()
    let task = try store.load(workflow).firstTask
    let second = StoreFixture.driver()
    guard case .granted(let later, _) = try store.openRun(workflow, by: second, over: 1) else {
      Issue.record("the lost run's lease was not taken")
      return
    }
    _ = try store.apply(
      [.tasks([1, 2], from: .registering, to: .fatal, why: .impossible("no queue"), at: .now)], run: later,
      synced: false)
    _ = try store.closeRun(later, status: .error, workflow: .failed, ending: .exhausted, runtimes: [])
    let reset = try store.resetWorkflow(workflow, keepDone: true, by: me)
    // w1 has an open attempt and is shown with the status of its instance.
    #expect(reset.tasks.map(\.name) == ["w1", "w2"])
    let third = try StoreFixture.run(workflow, in: store)
    _ = try store.apply(
      [StoreFixture.end(1, ids[2], .interrupted, from: .registering, to: .registering, .killed)], run: third,
      synced: false)
    let rows = try store.history(of: workflow)
    #expect(rows.map(\.seq) == rows.map(\.seq).sorted())
    let tasks = words(rows.filter { $0.kind == .task && $0.id > task })
    #expect(
      tasks == [
        "task w1 SCHEDULED>RUNNING run 1", "task w1 PENDING>FATAL run 2", "task w2 PENDING>FATAL run 2",
        "task w1 RUNNING>PENDING me", "task w2 FATAL>PENDING me",
      ])
    #expect(rows.last?.to == "KILLED")
    let fatal = rows.filter { $0.kind == .task && $0.to == "FATAL" }
    #expect(fatal[1].seq == fatal[0].seq + 1 && fatal[0].cause == "no queue")
    #expect(try store.history(of: workflow, limit: 4) == Array(rows.suffix(4)))
    #expect(throws: StoreError.notFound("workflow 9")) { try store.history(of: 9) }
  }

  @Test("usage is filtered by template, version, workflow and node arguments")
  func usage() throws {
    _ = try run()
    let all = try store.usage(UsageFilter(workflows: [workflow]))
    #expect(all.map(\.template) == ["work", "last"] && all.map(\.count) == [1, 0])
    #expect(all[0].runtime == TemplateUsage.Spread([1.5]) && all[0].memory?.max == Double(1 << 20))
    #expect(all[0].cores?.max == 1 && all[1].runtime == nil)
    func count(_ filter: UsageFilter) throws -> [Int] { try store.usage(filter).map(\.count) }
    #expect(try count(UsageFilter(template: "w*")) == [1])
    #expect(try count(UsageFilter(versions: [all[0].version], nodeArgs: ["x": ["0", "2"]])) == [1])
    #expect(try count(UsageFilter(versions: [all[0].version], nodeArgs: ["x": ["1"]])) == [0])
    for wrong in [
      UsageFilter(versions: [99]), UsageFilter(template: "wrok"), UsageFilter(workflows: [9]),
      UsageFilter(template: "work", nodeArgs: ["y": ["1"]]),
    ] {
      #expect(throws: StoreError.self) { try store.usage(wrong) }
    }
    #expect(try store.requests(of: workflow) == ["local": [ResourceRequest(memory: 100)]])
  }

  @Test("only a workflow of the same user whose last run ended with an error can be reset")
  func reset() throws {
    #expect(try #require(throws: RunRefusal.self) { try reset(as: me) }.message.contains("never run"))
    let run = try StoreFixture.run(workflow, in: store)
    #expect(try #require(throws: RunRefusal.self) { try reset(as: me) }.code == .workflowHeld)
    _ = try store.closeRun(run, status: .error, workflow: .failed, ending: .exhausted, runtimes: [])
    #expect(
      try #require(throws: RunRefusal.self) { try reset(as: Operator(uid: 2, user: "you")) }.code
        == .notResumable)
    #expect(try reset(as: me).workflowTo == .halted)
  }

  private func reset(as person: Operator) throws -> StatusChange {
    try store.resetWorkflow(workflow, keepDone: false, by: person)
  }
}
