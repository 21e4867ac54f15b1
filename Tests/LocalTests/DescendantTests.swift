import Foundation
import JobmonCore
import Testing

/// Law 2 includes descendants: a task has ended when none of its processes is left, and cancelling a task ends all of
/// them.
@Suite struct DescendantTests {
  /// Starts a grandchild in its own session. It writes its id to `pids` and does not end by itself.
  static let daemon = "setsid sh -c 'echo $$ >> pids; exec sleep 1000' </dev/null >/dev/null 2>&1 &"
  static let untilWritten = "while ! [ -s pids ]; do sleep 0.01; done;"

  @Test(arguments: [
    daemon, "( \(daemon) );", "sh -c 'echo $$ >> pids; exec sleep 1000' &", "( \(daemon) ) & wait;",
  ])
  func descendantsEndBeforeTheTask(start: String) throws {
    let bench = try Bench()
    let outcome = try #require(bench.run("\(start) \(Self.untilWritten) exit 4"))
    #expect(outcome.cause == .exit(4))
    let processes = bench.processes("pids", count: 1)
    #expect(processes.count == 1)
    #expect(!processes.contains(where: isAlive))
  }

  @Test func descendantsWithoutAnEnvironmentEndBeforeTheTask() throws {
    let bench = try Bench()
    let start = "env -i /usr/bin/setsid /bin/sh -c 'echo $$ >> pids; exec /bin/sleep 1000' >/dev/null 2>&1 &"
    #expect(bench.run("( \(start) ); \(Self.untilWritten)")?.cause == .exit(0))
    #expect(!bench.processes("pids", count: 1).contains(where: isAlive))
  }

  @Test func theEndOfATaskKeepsDescendantsOfOtherTasks() throws {
    let bench = try Bench()
    bench.submit(
      "( \(Self.daemon) ); \(Self.untilWritten) while ! [ -e go ]; do sleep 0.01; done", instance: 1)
    let daemon = try #require(bench.processes("pids", count: 1).first)
    #expect(bench.run("true", instance: 2)?.cause == .exit(0))
    #expect(isAlive(daemon))
    #expect(FileManager.default.createFile(atPath: bench.folder + "/go", contents: nil))
    #expect(bench.recorder.outcome(1)?.cause == .exit(0))
    #expect(!isAlive(daemon))
  }

  @Test func descendantsMayFinishTheirWork() throws {
    let bench = try Bench()
    #expect(bench.run("(sleep 0.03; echo late) & exit 0")?.cause == .exit(0))
    #expect(bench.stdout() == "late\n")
  }

  @Test func theEndOfATaskKeepsDaemonsOfOtherTasksWithoutAnEnvironment() throws {
    let bench = try Bench()
    let start =
      "( env -i /usr/bin/setsid /bin/sh -c 'echo $$ >> pids; exec /bin/sleep 1000' >/dev/null 2>&1 & )"
    bench.submit("\(start); \(Self.untilWritten) while ! [ -e go ]; do sleep 0.01; done", instance: 1)
    let daemon = try #require(bench.processes("pids", count: 1).first)
    #expect(bench.run("true", instance: 2)?.cause == .exit(0))
    #expect(bench.run("sleep 5 & exit 0", instance: 3)?.cause == .exit(0))
    #expect(isAlive(daemon))
    #expect(FileManager.default.createFile(atPath: bench.folder + "/go", contents: nil))
    #expect(bench.recorder.outcome(1)?.cause == .exit(0))
    #expect(!isAlive(daemon))
  }

  @Test func descendantsThatIgnoreTermAreKilled() throws {
    let bench = try Bench(grace: 0.2)
    let stubborn = "setsid sh -c 'trap \"\" TERM; echo $$ >> pids; while :; do sleep 0.05; done' &"
    let outcome = try #require(bench.run("\(stubborn) \(Self.untilWritten)"))
    #expect(outcome.cause == .exit(0))
    #expect(!bench.processes("pids", count: 1).contains(where: isAlive))
  }

  @Test func cancelEndsTheWholeTree() throws {
    let bench = try Bench()
    bench.submit("echo $$ >> pids; \(Self.daemon) ( \(Self.daemon) ); wait; sleep 1000")
    let processes = bench.processes("pids", count: 3)
    #expect(processes.count == 3)
    bench.executor.cancel([1, 99])
    #expect(bench.recorder.outcome(1)?.cause == .interrupted)
    #expect(!processes.contains(where: isAlive))
    #expect(bench.recorder.events.contains(.cancelled(1, .requested)))
    #expect(bench.recorder.events.contains(.cancelled(99, .alreadyEnded)))
  }

  @Test func cancelKillsAfterTheGracePeriod() throws {
    let bench = try Bench(grace: 0.2)
    bench.submit("trap '' TERM; echo $$ >> pids; while :; do sleep 0.05; done")
    let processes = bench.processes("pids", count: 1)
    bench.executor.cancel([1])
    #expect(bench.recorder.outcome(1)?.cause == .interrupted)
    #expect(!processes.contains(where: isAlive))
  }

  @Test func stopEndsAllCommandsAndTheWorker() throws {
    let bench = try Bench()
    for instance in 1...3 as ClosedRange<TaskInstanceID> {
      bench.submit("echo $$ >> pids; \(Self.daemon) sleep 1000", instance: instance)
    }
    let processes = bench.processes("pids", count: 6)
    let worker = bench.worker
    bench.stop()
    #expect(processes.count == 6)
    #expect(!processes.contains(where: isAlive))
    #expect(!isAlive(worker))
    for instance in 1...3 as ClosedRange<TaskInstanceID> {
      #expect(bench.recorder.outcome(instance)?.cause == .interrupted)
    }
  }
}
