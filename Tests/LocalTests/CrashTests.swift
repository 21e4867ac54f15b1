import Foundation
import JobmonCore
import Testing

@testable import LocalPlugin

/// If the worker or the driver dies, no process of them continues and nothing runs twice.
@Suite struct CrashTests {
  static let tree = "echo $$ >> pids; ( setsid sh -c 'echo $$ >> pids; exec sleep 1000' & ); sleep 1000"

  @Test func aDeadWorkerIsReplaced() throws {
    let bench = try Bench()
    bench.submit(Self.tree)
    let processes = bench.processes("pids", count: 2)
    let worker = bench.worker
    bench.killWorker()
    let outcome = try #require(bench.recorder.outcome(1))
    #expect(outcome.cause == .interrupted)
    #expect(outcome.message == "its worker process was ended by signal 9")
    #expect(processes.count == 2 && !processes.contains(where: isAlive))
    #expect(bench.run("echo again", instance: 2)?.cause == .exit(0))
    #expect(bench.worker != worker)
  }

  @Test func submissionsWithoutAWorkerReachTheNextOne() throws {
    let bench = try Bench(grace: 0.3)
    // The command ends only after the grace period: until then there is no worker.
    bench.submit("trap '' TERM; echo $$ >> pids; while :; do sleep 0.05; done")
    #expect(bench.processes("pids", count: 1).count == 1)
    bench.killWorker()
    #expect(bench.recorder.wait { _ in bench.worker == 0 ? true : nil } ?? true)
    bench.submit("true", instance: 2)
    #expect(bench.recorder.outcome(2)?.cause == .exit(0) || bench.recorder.outcome(2)?.cause == .interrupted)
  }

  /// Law 2: the grandchild of each command holds a lock that the kernel releases only when the grandchild has ended.
  @Test func noTaskRunsTwiceAtOnceIfWorkersDie() throws {
    let bench = try Bench()
    var undone = Set(0..<24)
    var next: TaskInstanceID = 1
    var rounds = 0
    while !undone.isEmpty, rounds < 50 {
      rounds += 1
      var instances: [TaskInstanceID: Int] = [:]
      for task in undone.sorted() {
        let hold =
          "setsid flock -n -E 75 lock.\(task) sh -c 'echo \(task) >> began; sleep 0.02'; test $? != 75 || echo \(task) >> twice"
        bench.submit("( \(hold) ) & wait", instance: next)
        instances[next] = task
        next += 1
      }
      if rounds < 8 {
        // If too many workers die in a row no other is started, and all instances end without a start.
        let first = instances.keys.min() ?? 0
        let hasStarted: Bool? = bench.recorder.wait { events in
          events.lazy.compactMap { event in
            switch event {
            case .started(first, _, _): true
            case .ended(first, _): false
            default: nil
            }
          }.first
        }
        #expect(hasStarted == true || bench.worker == 0)
        bench.killWorker()
      }
      for (instance, task) in instances where bench.recorder.outcome(instance)?.cause == .exit(0) {
        undone.remove(task)
      }
    }
    #expect(undone.isEmpty)
    #expect(bench.text("twice") == nil)
    #expect((bench.text("began") ?? "").split(separator: "\n").count >= 24)
  }

  @Test func aClosedSocketEndsAllCommands() throws {
    let bench = try Bench()
    bench.submit("trap '' TERM; \(Self.tree); sleep 1000")
    let processes = bench.processes("pids", count: 2)
    #expect(processes.count == 2)
    bench.executor.state.withLock { $0.link }?.hangUp()
    #expect(bench.recorder.outcome(1)?.cause == .interrupted)
    #expect(!processes.contains(where: isAlive))
  }

  @Test func recoverEndsOrphanedCommands() throws {
    // Simulates a driver that died together with its worker: commands with its token and without a worker.
    let old = try Bench()
    let token = "0123456789ab-1"
    let orphan = Process()
    orphan.executableURL = URL(fileURLWithPath: "/bin/sh")
    orphan.arguments = [
      "-c", "echo $$ >> pids; setsid sh -c 'echo $$ >> pids; exec sleep 1000' & exec sleep 1000",
    ]
    orphan.currentDirectoryURL = URL(fileURLWithPath: old.folder)
    orphan.environment = ["PATH": "/usr/bin:/bin", "JOBMON_TOKEN": token + ".3"]
    try orphan.run()
    let processes = old.processes("pids", count: 2)
    #expect(processes.count == 2)

    old.submit("sleep 1000", instance: 50)
    #expect(old.recorder.started(50))
    old.executor.recover([
      RecoverableBatch(
        token: token, resources: ResourceRequest(),
        instances: [.init(index: 3, instance: 7, handle: nil), .init(index: 4, instance: 8, handle: nil)],
        cancel: true)
    ])
    let answered = old.recorder.wait { events in
      events.contains(.recovered(7, .absent)) && events.contains(.recovered(8, .absent)) ? true : nil
    }
    #expect(answered ?? false)
    #expect(!processes.contains(where: isAlive))
    #expect(isAlive(old.worker), "its own worker is still alive")
    old.executor.cancel([50])
    #expect(old.recorder.outcome(50)?.cause == .interrupted)
  }

  @Test func recoverEndsAnOldWorkerFirst() throws {
    let old = try Bench(uuid: try #require(UUID(uuidString: "ABCDEF01-2345-4000-8000-000000000000")))
    let token = old.submit(Self.tree)
    #expect(token == "abcdef012345-1")
    let processes = old.processes("pids", count: 2)
    let worker = old.worker
    let new = try Bench()
    new.executor.recover([
      RecoverableBatch(
        token: token, resources: ResourceRequest(), instances: [.init(index: 0, instance: 1, handle: nil)],
        cancel: false)
    ])
    #expect(new.recorder.wait { $0.contains(.recovered(1, .absent)) ? true : nil } ?? false)
    #expect(!processes.contains(where: isAlive))
    #expect(!isAlive(worker))
  }

  @Test func recoverWithoutOrphansIsFast() throws {
    let bench = try Bench()
    let clock = ContinuousClock()
    let time = clock.measure {
      bench.executor.recover([
        RecoverableBatch(
          token: "0123456789ac-1", resources: ResourceRequest(),
          instances: [.init(index: 0, instance: 1, handle: nil)], cancel: true)
      ])
      _ = bench.recorder.wait { $0.contains(.recovered(1, .absent)) ? true : nil }
    }
    #expect(time < .milliseconds(500))
  }
}
