import Foundation
import JobmonCore
import Testing
import WorkerProtocol

@testable import SlurmPlugin

/// What the states of the controller mean.
@Suite struct SlurmStateTests {
  @Test func everyBaseStateIsAliveOrOver() {
    let alive = SlurmState.Base.allCases.filter { SlurmState(raw: $0.rawValue).isAlive }
    #expect(alive == [.pending, .running, .suspended])
    #expect(SlurmState(raw: 200).isAlive, "an unknown state counts as alive")
  }

  /// Case 18: the tables contain everything of the installed slurm.h, in its order. Additions in a newer one fail here.
  @Test func theTablesMatchTheHeader() throws {
    let header = try String(contentsOfFile: "/usr/include/slurm/slurm.h", encoding: .utf8)
    let lines = header.split(separator: "\n")
    let first = try #require(lines.firstIndex { $0.hasPrefix("enum job_states") })
    let states = lines[(first + 1)...].prefix { !$0.contains("JOB_END") }.filter { $0.contains("JOB_") }
    #expect(states.count == SlurmState.Base.allCases.count)
    let flags = lines.compactMap { line -> UInt32? in
      let words = line.split(whereSeparator: \.isWhitespace)
      guard words.count > 2, words[0] == "#define", words[1].hasPrefix("JOB_"),
        words[2].hasPrefix("SLURM_BIT("),
        let bit = UInt32(words[2].dropFirst(10).prefix { $0.isNumber })
      else { return nil }
      return 1 << bit
    }
    // Other words have bit constants, too. Those of the state begin at bit 8 and are consecutive.
    let own = Array(flags.drop { $0 != 0x100 }.prefix(SlurmState.Flag.allCases.count + 1))
    #expect(Array(own.prefix(SlurmState.Flag.allCases.count)) == SlurmState.Flag.allCases.map(\.rawValue))
    #expect(
      own.last != SlurmState.Flag.allCases.last.map { $0.rawValue << 1 }, "slurm.h has an additional flag")
  }

  @Test func flagsDoNotHideTheBaseState() {
    #expect(SlurmState(raw: 6 | SlurmState.Flag.completing.rawValue).base == .timeout)
    #expect(SlurmState(raw: 8 | SlurmState.Flag.requeue.rawValue).isAlive, "it will run again")
    #expect(SlurmState(raw: 0 | SlurmState.Flag.specialExit.rawValue).isAlive)
  }
}

/// The verdict from two sources: the worker's report and Slurm's state.
@Suite struct SlurmVerdictTests {
  private func verdict(isCancelled: Bool = false, memory: Int64? = 100 << 20, isFailure: Bool = true)
    -> SlurmVerdict
  {
    SlurmVerdict(isCancelled: isCancelled, memory: memory, memoryKillIsFailure: isFailure)
  }

  private func report(
    _ end: CommandEnd, kills: Int64 = 0, isWarned: Bool = false, isTerminated: Bool = false, peak: Int64 = 0
  ) -> BatchReport {
    BatchReport(
      report: CommandReport(
        instance: 1, end: end, started: 1, ended: 2, wall: 1, cpu: 1, peakMemory: peak, message: ""),
      host: "n1", job: "7", outOfMemoryKills: kills, wasWarned: isWarned, wasTerminated: isTerminated)
  }

  private func state(_ base: SlurmState.Base) -> SlurmState { SlurmState(raw: base.rawValue) }

  @Test(arguments: SlurmState.Base.allCases)
  func aReportedSuccessOverridesTheStateOfSlurm(base: SlurmState.Base) {
    let outcome = verdict().outcome(
      of: report(.exit(0), isWarned: true, isTerminated: true), state: state(base), stateText: "")
    #expect(outcome?.cause == .exit(0))
    #expect(
      verdict(isCancelled: true).outcome(of: report(.exit(0)), state: nil, stateText: "")?.cause == .exit(0))
  }

  @Test func aChildKilledForMemoryIsAFailureUnlessTheOptionSaysOtherwise() throws {
    let killed = report(.exit(0), kills: 1, peak: 100 << 20)
    let outcome = try #require(verdict().outcome(of: killed, state: nil, stateText: ""))
    #expect(outcome.cause == .memory)
    #expect(
      outcome.message
        == "reached 100 MiB, requested 100 MiB; the kernel killed one of its processes, the command itself ended "
        + "with exit code 0 (the cluster option memory_kill_is_failure: false accepts this)")
    #expect(
      verdict(isFailure: false).outcome(of: killed, state: nil, stateText: "")?.cause == .exit(0))
    #expect(
      verdict(isFailure: false).outcome(of: report(.exit(1), kills: 1), state: nil, stateText: "")?.cause
        == .memory)
  }

  @Test func aFolderMissingOnlyOnTheNodeIsNotPermanent() throws {
    func isPermanent(_ fault: LaunchFault, hasDirectory: Bool) -> Bool? {
      var verdict = verdict()
      verdict.hasDirectory = hasDirectory
      let outcome = verdict.outcome(of: report(.launchFailure(fault)), state: nil, stateText: "")
      #expect(outcome?.cause == .launchFailure)
      return outcome?.isPermanent
    }
    #expect(isPermanent(.directory, hasDirectory: true) == nil)
    #expect(isPermanent(.directory, hasDirectory: false) == true)
    #expect(isPermanent(.permanent, hasDirectory: true) == true)
    #expect(isPermanent(.temporary, hasDirectory: false) == nil)
  }

  @Test func aFullLogDiskIsReported() throws {
    for end in [CommandEnd.fullDisk, .launchFailure(.fullDisk)] {
      let outcome = verdict().outcome(of: report(end), state: nil, stateText: "")
      #expect(outcome?.cause.failureClass == .infrastructure && outcome?.isLogDiskFull == true)
      #expect(outcome?.isPermanent == nil)
    }
    // Memory comes first, even if the disk was full, too.
    let killed = verdict().outcome(of: report(.fullDisk, kills: 1), state: nil, stateText: "")
    #expect(killed?.cause == .memory && killed?.isLogDiskFull == nil)
  }

  @Test func theOptionHasAnOlderSpelling() throws {
    func isFailure(_ options: [String: JSONValue]) throws -> Bool {
      try SlurmOptions(
        options.merging(["scratch": .string("/s")]) { $1 }, cluster: "c", attributes: []
      ).memoryKillIsFailure
    }
    #expect(try isFailure([:]))
    #expect(try isFailure(["memory_kills": .string("fail")]))
    #expect(try !isFailure(["memory_kills": .string("tolerate")]))
    #expect(try !isFailure(["memory_kill_is_failure": .bool(false)]))
    #expect(try isFailure(["memory_kill_is_failure": .string("true")]))
    #expect(throws: ExecutorError.self) { try isFailure(["memory_kills": .string("maybe")]) }
    #expect(throws: ExecutorError.self) {
      try isFailure(["memory_kills": .string("fail"), "memory_kill_is_failure": .bool(true)])
    }
  }

  @Test func aReportedFailureHasItsCause() {
    #expect(verdict().outcome(of: report(.exit(3)), state: nil, stateText: "")?.cause == .exit(3))
    #expect(verdict().outcome(of: report(.signal(11)), state: nil, stateText: "")?.cause == .signal(11))
    #expect(verdict().outcome(of: report(.exit(1), kills: 2), state: nil, stateText: "")?.cause == .memory)
    #expect(
      verdict().outcome(of: report(.exit(137), peak: 99 << 20), state: nil, stateText: "")?.cause == .memory)
    #expect(
      verdict().outcome(of: report(.exit(137), peak: 9 << 20), state: nil, stateText: "")?.cause == .exit(137)
    )
    #expect(
      verdict().outcome(of: report(.exit(3), isWarned: true), state: nil, stateText: "")?.cause == .runtime)
    #expect(verdict().outcome(of: report(.runtime), state: nil, stateText: "")?.cause == .runtime)
    #expect(
      verdict(isCancelled: true).outcome(of: report(.signal(15)), state: nil, stateText: "")?.cause
        == .interrupted)
  }

  @Test func theStateOfSlurmGivesTheCauseOfATermination() {
    let ended = report(.signal(15), isTerminated: true)
    #expect(verdict().outcome(of: ended, state: nil, stateText: "") == nil)
    #expect(verdict().outcome(of: ended, state: state(.running), stateText: "") == nil)
    #expect(verdict().outcome(of: ended, state: state(.timeout), stateText: "")?.cause == .runtime)
    #expect(verdict().outcome(of: ended, state: state(.preempted), stateText: "")?.cause == .preempted)
    #expect(verdict().outcome(of: ended, state: state(.nodeFail), stateText: "")?.cause == .nodeFailure)
    #expect(verdict().outcome(of: ended, state: state(.cancelled), stateText: "")?.cause.word == "cancelled")
    #expect(verdict().outcome(of: ended, state: state(.failed), stateText: "")?.cause == .signal(15))
  }

  @Test func withoutAReportTheStateDecides() {
    func cause(_ base: SlurmState.Base, _ status: UInt32 = 0) -> String {
      verdict().outcome(of: state(base), exitStatus: status, node: "n1", text: "X").cause.word
    }
    #expect(cause(.complete) == "lost", "success needs a report")
    #expect(cause(.failed, 3 << 8) == "exit")
    #expect(cause(.failed, 9) == "lost", "the worker was killed, not the command")
    #expect(cause(.failed, 113 << 8) == "launchFailure")
    #expect(cause(.timeout, 0) == "runtime")
    #expect(cause(.outOfMemory, 125 << 8) == "memory")
    #expect(cause(.nodeFail) == "nodeFailure")
    #expect(cause(.preempted) == "preempted")
    #expect(cause(.bootFail) == "launchFailure")
    #expect(cause(.deadline) == "cancelled")
    #expect(cause(.cancelled) == "cancelled")
    #expect(
      verdict(isCancelled: true).outcome(of: state(.cancelled), exitStatus: 0, node: "", text: "").cause
        == .interrupted)
  }
}
