import Foundation
import JobmonCore
import Testing

/// Commands that wait in the worker for a slot. Spawner threads wait for the running ones.
@Suite("Short commands that wait for a slot") struct ShortCommandTests {
  /// The maximum number of commands that ran at the same time, from a ledger with lines "+ n" and "- n"; nil if a
  /// command started twice or has no end.
  private func mostAtOnce(_ ledger: String, count: Int) -> Int? {
    var (now, most) = (Set<Substring>(), 0)
    var seen = Set<Substring>()
    for line in ledger.split(separator: "\n") {
      let task = line.dropFirst(2)
      if line.hasPrefix("+") {
        guard seen.insert(task).inserted else { return nil }
        now.insert(task)
        most = max(most, now.count)
      } else if now.remove(task) == nil {
        return nil
      }
    }
    return now.isEmpty && seen.count == count ? most : nil
  }

  @Test("each command runs once and has its own outcome, and no more run at a time than there are slots")
  func manyKinds() throws {
    let bench = try Bench()
    let count = 400
    let ledger = "\(bench.folder)/ledger"
    bench.submit(
      (1...count).map { number in
        let inner =
          switch number % 8 {
          case 0: "exit 3"
          case 1: "kill -9 $$"
          // The child outlives the shell by a short time: the slot is not free before it ends.
          case 2: "(sleep 0.03; echo '- \(number)' >> \(ledger)) &"
          // Its children are orphaned while the command runs.
          case 3: "(sleep 0.01 &) ; (true &) ; sleep 0.02"
          case 4: "echo out \(number); echo err \(number) >&2"
          default: "true"
          }
        let last = number % 8 == 2 ? "" : "; echo '- \(number)' >> \(ledger)"
        return number % 8 < 2
          ? "echo '+ \(number)' >> \(ledger); echo '- \(number)' >> \(ledger); \(inner)"
          : "echo '+ \(number)' >> \(ledger); \(inner)\(last)"
      }, places: 2)
    for number in 1...count {
      let outcome = try #require(bench.recorder.outcome(TaskInstanceID(number)), "\(number)")
      let expected: Cause =
        switch number % 8 {
        case 0: .exit(3)
        case 1: .signal(9)
        default: .exit(0)
        }
      #expect(outcome.cause == expected, "\(number)")
      if number % 8 == 4 {
        #expect(bench.stdout(TaskInstanceID(number)) == "out \(number)\n")
        #expect(bench.stderr(TaskInstanceID(number)) == "err \(number)\n")
      }
    }
    #expect(mostAtOnce(bench.text("ledger") ?? "", count: count) == 2)
    let ends = bench.recorder.events.count { if case .ended = $0 { true } else { false } }
    #expect(ends == count)
  }

  @Test("commands may run on the same processors as this process")
  func affinity() throws {
    let bench = try Bench()
    bench.submit(
      (1...200).map { _ in "grep Cpus_allowed: /proc/self/status" },
      places: ProcessInfo.processInfo.activeProcessorCount)
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let own = try #require(status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed:") })
    for number in 1...200 {
      #expect(bench.recorder.outcome(TaskInstanceID(number))?.cause == .exit(0), "\(number)")
      #expect(bench.stdout(TaskInstanceID(number)) == own + "\n", "\(number)")
    }
  }

  @Test(
    "a long command does not delay the others; waiting commands are withdrawn, running ones are cancelled")
  func cancelled() throws {
    let bench = try Bench()
    let ledger = "\(bench.folder)/ledger"
    bench.submit(
      (1...60).map { $0 == 20 ? "echo long >> \(ledger); exec sleep 1000" : "echo \($0) >> \(ledger)" }
        + [
          "sleep 1000; echo never >> \(ledger)", "sleep 1000; echo never >> \(ledger)",
          "echo never >> \(ledger)",
        ],
      places: 2)
    for number in 1...60 where number != 20 {
      #expect(bench.recorder.outcome(TaskInstanceID(number))?.cause == .exit(0), "\(number)")
    }
    // 20 and 61 run, 62 and 63 wait.
    #expect(bench.recorder.started(20) && bench.recorder.started(61))
    bench.executor.withdraw([63])
    #expect(bench.recorder.outcome(63)?.cause == .interrupted)
    bench.executor.cancel([61])
    #expect(bench.recorder.outcome(61)?.cause == .interrupted)
    #expect(bench.recorder.started(62))
    bench.stop()
    #expect(bench.recorder.outcome(20)?.cause == .interrupted)
    #expect(bench.recorder.outcome(62)?.cause == .interrupted)
    #expect(bench.text("ledger")?.contains("never") == false)
  }

  @Test("a command that cannot start is reported, and the next one takes its slot")
  func failedStarts() throws {
    let bench = try Bench()
    bench.submit((1...60).map { $0 % 3 == 0 ? "/no/such/program \($0)" : "/bin/true \($0)" }, places: 2)
    for number in 1...60 {
      #expect(
        bench.recorder.outcome(TaskInstanceID(number))?.cause == .exit(number % 3 == 0 ? 127 : 0), "\(number)"
      )
    }
    #expect(bench.stderr(3)?.contains("/no/such/program") == true)
  }
}
