import Foundation
import GRDB
import Testing

@testable import JobmonModel
@testable import JobmonStore

@Suite("The store: runs, the lease, history")
struct StoreRunTests {
  let fixture: StoreFixture
  let store: SQLiteStore
  let workflow: WorkflowID

  init() throws {
    fixture = try StoreFixture()
    store = try fixture.open()
    workflow = try StoreFixture.bind(StoreFixture.definition(), in: store)
  }

  @Test("one run holds a workflow, and another run gets the lease only over the holder that it found dead")
  func lease() throws {
    let other = try fixture.open()
    let first = try StoreFixture.run(workflow, in: store)
    guard case .held(let holder) = try other.openRun(workflow, by: StoreFixture.driver(), over: nil) else {
      Issue.record("two runs hold the workflow")
      return
    }
    #expect(holder.run == first)
    #expect(try store.beat(first))
    #expect(try other.holder(of: workflow)?.beats == 1)
    guard case .granted(let second, _) = try other.openRun(workflow, by: StoreFixture.driver(), over: first)
    else {
      Issue.record("the dead run's lease was not taken")
      return
    }
    // The fence: the first run can no longer write.
    #expect(try !store.beat(first))
    #expect(throws: StoreError.leaseLost(second)) {
      try store.apply([StoreFixture.batch("b")], run: first, synced: false)
    }
    #expect(throws: StoreError.leaseLost(nil)) {
      try store.closeRun(first, status: .done, workflow: .done, ending: .exhausted, runtimes: [])
    }
    let batches = try store.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM batch") }
    #expect(batches == 0)
    #expect(try store.controls(first).holdsLease == false)
  }

  @Test("of two take-over requests the first wins")
  func takeOver() throws {
    let run = try StoreFixture.run(workflow, in: store)
    #expect(try store.requestTakeOver(of: run, by: StoreFixture.driver("one"), cold: true))
    #expect(try !store.requestTakeOver(of: run, by: StoreFixture.driver("two"), cold: false))
    #expect(try store.controls(run).stop == .takeOver(by: "one", cold: true))
    #expect(try store.holder(of: workflow)?.askedBy == "one")
  }

  @Test(
    "commits of another connection change the data version, and limits and stop requests are in the controls")
  func controls() throws {
    let run = try StoreFixture.run(workflow, in: store)
    let before = try store.dataVersion()
    let me = Operator(uid: 1, user: "me")
    let other = try fixture.open()
    #expect(try other.setLimit(3, of: workflow, by: me) == 1)
    #expect(try other.setLimit(3, of: workflow, by: me) == 0)
    #expect(try other.setLimit(0, of: workflow, template: "last", by: me) == 1)
    #expect(throws: StoreError.self) { try other.setLimit(1, of: workflow, template: "lsat", by: me) }
    #expect(try store.dataVersion() != before)
    let controls = try store.controls(run)
    #expect(controls.workflowLimit == 3)
    #expect(controls.templateLimits == [1: 0])
    _ = try other.requestStop(workflow, cancel: true, by: me)
    #expect(try store.controls(run).stop == .stop(cancel: true, by: "me"))
  }

  @Test("an attempt is recorded, started, failed, retried and done, and the counts follow")
  func life() throws {
    let run = try StoreFixture.run(workflow, in: store)
    let ids = try store.reserveInstanceIDs(5)
    #expect(try fixture.open().reserveInstanceIDs(5).lowerBound == ids.upperBound)
    let id = ids.lowerBound
    let request = ResourceRequest(memory: 150)
    let first = try store.apply(
      [
        StoreFixture.batch("b"), StoreFixture.start(0, id, batch: "b"),
        .launched(batch: "b", [LaunchRecord(instance: id, task: 0)], handle: "77", at: .now),
      ],
      run: run, synced: false)
    #expect(try store.load(workflow).openInstances.map(\.handle) == ["77"])
    let second = try store.apply(
      [
        .started(id, 0, node: "n1", at: .now),
        StoreFixture.end(0, id, .memory, to: .adjusting, .resourceError, isRetry: true, next: request),
        StoreFixture.start(0, id + 1, batch: "b", attempt: 2), StoreFixture.start(1, id + 2, batch: "b"),
      ], run: run, synced: true)
    #expect(second >= first + 3)
    #expect(try store.workflows(WorkflowFilter(ids: [workflow])).first?.retries == 1)
    _ = try store.apply(
      [
        StoreFixture.end(0, id + 1, .exit(0), to: .done, .done), StoreFixture.start(2, id + 3, batch: "b"),
        StoreFixture.end(2, id + 3, .runtime, to: .adjusting, .resourceError, isRetry: true, next: request),
        StoreFixture.end(1, id + 2, .exit(3), to: .fatal, .fatal),
        .usage(id + 2, ResourceUsage(peakMemory: 9)),
      ], run: run, synced: false)
    let row = try #require(try store.workflows(WorkflowFilter(ids: [workflow])).first)
    #expect(row.done == 1 && row.fatal == 1 && row.pending == 2 && row.retries == 2)
    let attempts = try store.attempts(of: [try store.load(workflow).firstTask])
    #expect(attempts.map { $0.attempt?.status } == [.resourceError, .done])
    #expect(attempts.first?.attempt?.usage?.wall == 1.5)
    _ = try store.closeRun(
      run, status: .error, workflow: .failed, ending: .exhausted,
      runtimes: [TemplateRuntime(template: 0, count: 2, mean: 1.5)])
    let loaded = try store.load(workflow)
    #expect(loaded.statuses == [.done, .fatal, .adjusting, .registering])
    // The request of the failed attempt, not the scaled request of the next one: a resume scales it once.
    let asked = ResourceRequest(memory: 100)
    #expect(loaded.resourceFailures == [ResourceFailure(task: 2, resource: .runtime, request: asked)])
    #expect(loaded.runtimes == [TemplateRuntime(template: 0, count: 2, mean: 1.5)])
    #expect(try store.holder(of: workflow) == nil)
    #expect(try store.check().isEmpty)
  }

  @Test("a commit is applied completely or not at all")
  func atomic() throws {
    let run = try StoreFixture.run(workflow, in: store)
    _ = try store.apply([StoreFixture.batch("b")], run: run, synced: false)
    #expect(throws: StoreError.self) {
      // The second batch has the token of the first.
      try store.apply(
        [StoreFixture.start(0, 1, batch: "b"), StoreFixture.batch("b")], run: run, synced: false)
    }
    #expect(try store.load(workflow).openInstances.isEmpty)
    _ = try store.apply([StoreFixture.start(0, 1, batch: "b")], run: run, synced: false)
    #expect(try store.load(workflow).openInstances.count == 1)
  }

  @Test("a task set to done or reset changes its upstream or downstream tasks and the status of the workflow")
  func byHand() throws {
    let me = Operator(uid: 1, user: "me")
    let first = try store.load(workflow).firstTask
    let done = try store.changeStatus([first + 3], workflow: workflow, to: .done, recursive: true, by: me)
    #expect(done.tasks.count == 4)
    #expect(done.workflowTo == .done)
    let preview = try store.previewStatusChange(
      [first], workflow: workflow, to: .registering, recursive: false)
    #expect(preview.tasks.map(\.name) == ["w0", "last"])
    let back = try store.changeStatus([first], workflow: workflow, to: .registering, recursive: false, by: me)
    #expect(back.workflowTo == .halted)
    #expect(try store.load(workflow).statuses == [.registering, .done, .done, .registering])
    #expect(try store.check().isEmpty)
    #expect(throws: RunRefusal.self) {
      try store.changeStatus([first, 999], workflow: workflow, to: .done, recursive: false, by: me)
    }
    _ = try StoreFixture.run(workflow, in: store)
    let held = try #require(throws: RunRefusal.self) {
      try store.changeStatus([first], workflow: workflow, to: .done, recursive: false, by: me)
    }
    #expect(held.code == .workflowHeld)
  }

  @Test("the check finds inconsistent rows")
  func check() throws {
    try store.write { database in
      try database.execute(
        sql: "UPDATE task SET status = 'D' WHERE id = (SELECT id FROM task_definition WHERE name = 'last')")
    }
    let found = Set(try store.check().map(\.check))
    #expect(found == ["done-before-upstream", "progress"])
  }

  @Test("a backup is complete, and never overwrites another file")
  func backup() throws {
    let copy = fixture.folder + "/copy.db"
    try store.backup(to: copy)
    #expect(try SQLiteStore(path: copy).load(workflow).definition.taskCount == 4)
    #expect(throws: RunRefusal.self) { try store.backup(to: copy) }
  }
}
