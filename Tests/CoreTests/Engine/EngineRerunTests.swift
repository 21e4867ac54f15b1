import JobmonCore
import Testing

@testable import JobmonEngine
@testable import JobmonModel
@testable import JobmonStore

@Suite("The engine: reruns of tasks in a live run")
struct EngineRerunTests {
  /// The answers to rerun requests, in order.
  private func answers(_ bench: EngineBench) -> [RerunRecord] {
    bench.records.compactMap { if case .rerun(let record) = $0 { record } else { nil } }
  }

  private func counts(_ bench: EngineBench) -> RunProgress.Counts { bench.engine.progress.templates[0] }

  @Test("a failed task runs again, and then its downstream tasks")
  func fatal() throws {
    var bench = EngineBench(
      try .simple(upstreams: [[], [0], []], settings: .asking(maxAttempts: 1), slots: 3))
    bench.endings = [0: [.exit(1)]]
    bench.runtime = { $0 == 2 ? 10_000 : 1000 }
    try bench.begin()
    try bench.goOn { $0.engine.fatalCount == 1 }
    try bench.turn([.rerun(RerunRequest(id: 7, user: "ann", tasks: [0]))])
    #expect(bench.engine.fatalCount == 0 && counts(bench).fatal == 0)
    try bench.goOn()
    #expect(bench.order == [0, 2, 0, 1] && bench.engine.doneCount == 3 && bench.ending == .exhausted)
    let answer = try #require(answers(bench).first)
    #expect(answer.request == 7 && answer.fatal == [0] && answer.done == [] && answer.obstacle == nil)
    #expect(bench.starts.map(\.attempt) == [1, 1, 1, 1], "its attempts are counted from 1 again")
  }

  @Test("done tasks run again together with all done tasks downstream, also across joins")
  func done() throws {
    // 0 and 1 form a join that 2 and 3 wait for; 4 waits for both; 5 keeps the run alive.
    var bench = EngineBench(
      try .simple(upstreams: [[], [], [0, 1], [0, 1], [2, 3], []], slots: 8))
    bench.runtime = { $0 == 5 ? 60_000 : 1000 }
    try bench.begin()
    try bench.goOn { $0.engine.doneCount == 5 }
    try bench.turn([.rerun(RerunRequest(id: 1, user: "ann", tasks: [1]))])
    #expect(answers(bench).first?.done == [1, 2, 3, 4])
    #expect(bench.engine.doneCount == 1 && counts(bench).done == 1)
    try bench.goOn { $0.engine.doneCount == 5 }
    try bench.turn([.rerun(RerunRequest(id: 2, user: "ann", tasks: [4]))])
    try bench.goOn()
    #expect(bench.ending == .exhausted && bench.engine.doneCount == 6)
    #expect(bench.order == [0, 1, 5, 2, 3, 4, 1, 2, 3, 4, 4])
  }

  @Test("nothing is reset if a downstream task is running")
  func running() throws {
    var bench = EngineBench(try .simple(upstreams: [[], [0], [1]], slots: 2))
    try bench.begin()
    try bench.goOn { $0.order == [0, 1] }
    try bench.turn([.rerun(RerunRequest(id: 1, user: "ann", tasks: [0]))])
    #expect(answers(bench).first?.obstacle == .running(1))
    #expect(answers(bench).first?.count == 0 && bench.engine.doneCount == 1)
    try bench.goOn()
    #expect(bench.order == [0, 1, 2] && bench.ending == .exhausted)
  }

  @Test("ready and prepared tasks leave their queues until their upstreams are done again")
  func queued() throws {
    // There is one slot: 4 occupies it while the tasks that wait for 0 are ready.
    var bench = EngineBench(try .simple(upstreams: [[], [0], [0], [0], []], slots: 1))
    try bench.begin()
    try bench.goOn { $0.order == [0, 4] }
    #expect([1, 2, 3].contains { bench.engine.tasks.preparedAttempt(of: $0) != nil })
    try bench.turn([.rerun(RerunRequest(id: 1, user: "ann", tasks: [0]))])
    #expect([1, 2, 3].allSatisfy { bench.engine.tasks[$0] == .waiting(unfinished: 1) })
    try bench.goOn()
    #expect(bench.order == [0, 4, 0, 1, 2, 3] && bench.engine.doneCount == 5)
  }

  @Test("a task in backoff waits for its reset upstream task instead")
  func delayed() throws {
    var bench = EngineBench(
      try .simple(upstreams: [[], [0], []], slots: 3, change: { $0.policy.backoffFirst = 5000 }))
    bench.endings = [1: [.nodeFailure]]
    bench.runtime = { $0 == 2 ? 60_000 : 1000 }
    try bench.begin()
    try bench.goOn { $0.engine.tasks[1].isQueued }
    let before = bench.now.monotonic
    try bench.turn([.rerun(RerunRequest(id: 1, user: "ann", tasks: [0]))])
    #expect(bench.engine.tasks[1] == .waiting(unfinished: 1))
    try bench.goOn { $0.engine.doneCount == 2 }
    #expect(bench.order == [0, 2, 1, 0, 1] && bench.now.monotonic == before + 2000)
    try bench.goOn()
    #expect(bench.order.count == 5 && bench.engine.doneCount == 3)
  }

  @Test("new resources apply only to the named tasks, to their retries, and to a later rerun")
  func resources() throws {
    var bench = EngineBench(
      try .simple(
        upstreams: [[], [0], []],
        settings: .asking(memory: 100, scales: [.memory: .factor(1)], maxAttempts: 2),
        slots: 3))
    let ranOut = Cause.memory
    bench.endings = [0: [ranOut, ranOut, ranOut]]
    bench.runtime = { $0 == 2 ? 60_000 : 1000 }
    try bench.begin()
    try bench.goOn { $0.engine.fatalCount == 1 }
    #expect(bench.requests[0]?.map(\.memory) == [100, 200])
    let own = ResourceOverride(task: 0, memory: 150)
    let failed = ResourceFailure(task: 0, resource: .memory, request: ResourceRequest(memory: 200))
    try bench.turn([
      .rerun(RerunRequest(id: 1, user: "ann", tasks: [0], overrides: [own], failures: [failed]))
    ])
    try bench.goOn { $0.engine.doneCount == 2 }
    #expect(bench.requests[0]?.map(\.memory) == [100, 200, 150, 300])
    #expect(bench.requests[1]?.map(\.memory) == [100])
    try bench.turn([.rerun(RerunRequest(id: 2, user: "ann", tasks: [0]))])
    try bench.goOn()
    #expect(bench.requests[0]?.last?.memory == 150)
    #expect(answers(bench).first?.overrides == [own])
  }

  @Test("without new resources a task gets more of the resource it ran out of, as in a resume")
  func scaled() throws {
    var bench = EngineBench(
      try .simple(
        upstreams: [[], []], settings: .asking(memory: 100, scales: [.memory: .factor(1)], maxAttempts: 1),
        slots: 3))
    bench.endings = [0: [.memory]]
    bench.runtime = { $0 == 1 ? 60_000 : 1000 }
    try bench.begin()
    try bench.goOn { $0.engine.fatalCount == 1 }
    let failed = ResourceFailure(task: 0, resource: .memory, request: ResourceRequest(memory: 100))
    try bench.turn([.rerun(RerunRequest(id: 1, user: "ann", tasks: [0], failures: [failed]))])
    try bench.goOn()
    #expect(bench.requests[0]?.map(\.memory) == [100, 200] && bench.engine.doneCount == 2)
  }

  @Test("resources that no queue allows are refused, and nothing changes")
  func impossible() throws {
    let queue = ClusterQueue(name: "q", isDefault: true, maxMemory: 500)
    var bench = EngineBench(
      try .simple(
        upstreams: [[], []], settings: .asking(memory: 100, maxAttempts: 1), slots: 3, queues: [queue]))
    bench.endings = [0: [.exit(1)]]
    bench.runtime = { $0 == 1 ? 60_000 : 1000 }
    try bench.begin()
    try bench.goOn { $0.engine.fatalCount == 1 }
    let own = ResourceOverride(task: 0, memory: 1000)
    try bench.turn([.rerun(RerunRequest(id: 1, user: "ann", tasks: [0], overrides: [own]))])
    guard case .impossible(0, _) = answers(bench).first?.obstacle else {
      Issue.record("\(answers(bench))")
      return
    }
    #expect(bench.engine.fatalCount == 1)
  }

  @Test("all tasks downstream of a failed task count as blocked until it runs again")
  func blocked() throws {
    // 0 and 1 form a join that 2 and 3 wait for; 4 waits for both; 5 keeps the run alive, and 6 waits for it.
    var bench = EngineBench(
      try .simple(
        upstreams: [[], [], [0, 1], [0, 1], [2, 3], [], [5]], settings: .asking(maxAttempts: 1), slots: 8))
    bench.endings = [1: [.exit(1)]]
    bench.runtime = { $0 == 5 ? 60_000 : 1000 }
    try bench.begin()
    #expect(bench.engine.progress.blocked == [nil])
    try bench.goOn { $0.engine.fatalCount == 1 }
    #expect(bench.engine.progress.blocked == [RunProgress.Blocked(count: 3, by: 1)])
    try bench.turn([.rerun(RerunRequest(id: 1, user: "ann", tasks: [1]))])
    #expect(bench.engine.progress.blocked == [nil])
    try bench.goOn()
    #expect(bench.engine.doneCount == 7)
  }

  @Test("a task that an operator set to DONE is not blocked, nor are tasks that wait only for it")
  func doneByHand() throws {
    var bench = EngineBench(
      try .simple(
        upstreams: [[], [0], [1], [0]], settings: .asking(maxAttempts: 1), slots: 8,
        statuses: [.registering, .done, .registering, .registering]))
    bench.endings = [0: [.exit(1)]]
    try bench.run()
    #expect(bench.engine.progress.blocked == [RunProgress.Blocked(count: 1, by: 0)])
    #expect(bench.order == [0, 2])
  }

  /// Whatever is reset and when: no task starts before its upstream tasks are done, and only failed tasks can keep
  /// others from being done.
  @Test(arguments: 0..<40) func rerunsKeepTheOrderOfTasksInAnyDAG(seed: UInt64) throws {
    var random = SplitMix(state: seed)
    let count = Int.random(in: 2...30, using: &random)
    let upstreams = (0..<count).map { task -> [TaskIndex] in
      (0..<task).filter { _ in Int.random(in: 0..<4, using: &random) == 0 }.map { TaskIndex($0) }
    }
    var bench = EngineBench(
      try .simple(upstreams: upstreams, settings: .asking(maxAttempts: 1), slots: 3, prefetches: true))
    for task in 0..<count where Int.random(in: 0..<5, using: &random) == 0 {
      bench.endings[TaskIndex(task)] = [.exit(1)]
    }
    var isDone = Set<TaskIndex>()
    var seen = 0
    func follow(_ bench: EngineBench) {
      for record in bench.records[seen...] {
        switch record {
        case .started(_, let task, _, _):
          #expect(isDone.isSuperset(of: upstreams[Int(task)]) && !isDone.contains(task), "seed \(seed)")
        case .ended(let end) where end.taskStatus == .done: isDone.insert(end.task)
        case .rerun(let record): isDone.subtract(record.done)
        default: break
        }
      }
      seen = bench.records.count
    }
    try bench.begin()
    for request in 0..<8 where bench.ending == nil {
      let turns = Int.random(in: 1...6, using: &random)
      var passed = 0
      try bench.goOn { _ in
        passed += 1
        return passed > turns
      }
      follow(bench)
      guard bench.ending == nil else { break }
      let tasks = [TaskIndex.random(in: 0..<TaskIndex(count), using: &random)]
      try bench.turn([.rerun(RerunRequest(id: Int64(request), user: "ann", tasks: tasks))])
      follow(bench)
      #expect(bench.engine.doneCount == isDone.count && counts(bench).total == count, "seed \(seed)")
    }
    try bench.goOn()
    follow(bench)
    #expect(bench.ending == .exhausted && bench.engine.doneCount == isDone.count, "seed \(seed)")
    // A task that has failed and was not reset blocks the tasks downstream.
    #expect(bench.engine.fatalCount > 0 || isDone.count == count, "seed \(seed)")
  }
}
