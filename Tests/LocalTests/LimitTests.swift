import Foundation
import JobmonCore
import Testing

/// Limits for time and memory, and measured usage.
@Suite struct LimitTests {
  @Test func theRuntimeLimitIsExact() throws {
    let bench = try Bench()
    let outcome = try #require(bench.run("sleep 1000", runtime: 1))
    #expect(outcome.cause == .runtime)
    let wall = try #require(outcome.usage?.wall)
    #expect(wall >= 1 && wall < 1.5)
    #expect(outcome.message == "ran for 1 s, requested 1 s")
  }

  @Test func theRuntimeLimitKillsAfterTheGracePeriod() throws {
    let bench = try Bench(grace: 0.2)
    let outcome = try #require(bench.run("trap '' TERM; while :; do sleep 0.05; done", runtime: 1))
    #expect(outcome.cause == .runtime)
    #expect(outcome.usage?.wall ?? 0 >= 1.2)
  }

  @Test func aCommandWithinItsLimitsKeepsItsExitCode() throws {
    let bench = try Bench()
    #expect(bench.run("exit 5", memory: 1 << 30, runtime: 60)?.cause == .exit(5))
  }

  @Test func theMemoryLimitIsEnforced() throws {
    let bench = try Bench()
    // A shell variable of 200 MB.
    let outcome = try #require(
      bench.run("x=$(head -c 200000000 /dev/zero | tr '\\0' x); sleep 5; echo ${#x}", memory: 50 << 20))
    #expect(outcome.cause == .memory)
    #expect(outcome.message?.contains("requested 50 MiB") ?? false, "\(outcome)")
    #expect(outcome.usage?.peakMemory ?? 0 > 40 << 20)
  }

  /// A shell continues after a process was killed for memory, and exits with the code of its last command. The kernel
  /// kills single processes only in a control group, so this test needs root.
  @Test func aMemoryKillInsideAShellIsAFailure() throws {
    let bench = try Bench()
    let outcome = try #require(
      bench.run("head -c 200000000 /dev/zero | tail -c 200000000 | wc -c; exit 0", memory: 50 << 20))
    #expect(outcome.cause == .memory, "\(outcome)")
    #expect(outcome.message?.contains("requested 50 MiB") ?? false, "\(outcome)")
    #expect(outcome.message?.contains("memory_kill_is_failure: false") ?? false, "\(outcome)")
    #expect(outcome.usage?.peakMemory ?? 0 > 40 << 20)
  }

  @Test func theExitCodeDecidesIfTheOptionSaysSo() throws {
    let bench = try Bench(options: ["memory_kill_is_failure": .bool(false)])
    let hog = "head -c 200000000 /dev/zero | tail -c 200000000 | wc -c"
    #expect(bench.run("\(hog); exit 0", memory: 50 << 20)?.cause == .exit(0))
    #expect(bench.run("\(hog); exit 3", instance: 2, memory: 50 << 20)?.cause == .memory)
  }

  @Test func theMemoryLimitIsEnforcedWithoutControlGroups() throws {
    let bench = try Bench(options: ["cgroups": .bool(false)])
    let grandchild = "sh -c \"x=\\$(head -c 200000000 /dev/zero | tr '\\\\0' x); sleep 100\""
    let outcome = try #require(bench.run("setsid \(grandchild) & wait", memory: 50 << 20))
    #expect(outcome.cause == .memory)
    #expect(outcome.message?.hasSuffix("requested 50 MiB") ?? false, "\(outcome)")
    #expect(bench.run("exit 3", instance: 2, memory: 50 << 20)?.cause == .exit(3))
  }

  @Test func thePeakIsThatOfTheCommand() throws {
    let bench = try Bench()
    let small = try #require(bench.run("true", instance: 1))
    #expect(small.usage?.peakMemory ?? 0 < 10 << 20)
    let large = try #require(
      bench.run("x=$(head -c 60000000 /dev/zero | tr '\\0' x); echo ${#x}", instance: 2))
    #expect(large.usage?.peakMemory ?? 0 > 60_000_000)
  }
}
