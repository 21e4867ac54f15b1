import Foundation
import JobmonCore
import Testing

/// What a command gets, and how its end is reported.
@Suite struct CommandTests {
  @Test func outputAndUsageOfACommand() throws {
    let bench = try Bench()
    let outcome = try #require(bench.run("echo out; echo err >&2; pwd; cat"))
    #expect(outcome.cause == .exit(0))
    #expect(bench.stdout() == "out\n\(bench.folder)\n")
    #expect(bench.stderr() == "err\n")
    #expect(outcome.usage?.wall ?? 0 > 0)
    #expect(outcome.usage?.cpu ?? 0 > 0)
    let mode = try FileManager.default.attributesOfItem(atPath: bench.folder + "/logs/t.o1")[
      .posixPermissions]
    #expect(mode as? Int == 0o600)
  }

  @Test(arguments: [
    ("exit 3", Cause.exit(3)), ("no-such-program-here", .exit(127)), ("/etc/passwd", .exit(126)),
    ("kill -9 $$", .signal(9)), ("kill -TERM $$", .signal(15)), ("sh -c 'kill -9 $$'; exit $?", .exit(137)),
    ("-x", .exit(127)), ("exit 300", .exit(44)),
  ])
  func endsWithTheResultOfTheShell(command: String, cause: Cause) throws {
    let bench = try Bench()
    #expect(bench.run(command)?.cause == cause)
  }

  @Test func eventsArriveInOrder() throws {
    let bench = try Bench()
    _ = bench.run("true")
    let kinds = bench.recorder.events.compactMap { event in
      switch event {
      case .submitted([1], .accepted(handle: nil)): "submitted"
      case .started(1, _, _): "started"
      case .ended(1, _): "ended"
      default: nil
      }
    }
    #expect(kinds == ["submitted", "started", "ended"])
  }

  @Test func commandAndVariablesArePassedUnchanged() throws {
    let bench = try Bench()
    let text = "a 'b' \"c\" $HOME `x` \\ \t é 日本 *"
    let quoted = ShellWord.quoted(text)
    _ = bench.run("printf '%s|%s' \(quoted) \"$V\"", environment: ["V=\(text)\nline"])
    #expect(bench.stdout() == "\(text)|\(text)\nline")
  }

  @Test func bothStreamsCanShareAFile() throws {
    let bench = try Bench()
    bench.submit("echo 1; echo 2 >&2; echo 3", oneFile: true)
    #expect(bench.recorder.outcome(1)?.cause == .exit(0))
    #expect(bench.stdout() == "1\n2\n3\n")
  }

  @Test func longCommandsRunFromAFile() throws {
    let bench = try Bench()
    let text = String(repeating: "x", count: 300_000)
    #expect(bench.run(": \(text)\necho $((1 + 1))")?.cause == .exit(0))
    #expect(bench.stdout() == "2\n")
  }

  @Test func signalsHaveDefaultHandlers() throws {
    let bench = try Bench()
    _ = bench.run(
      "grep -E '^Sig(Blk|Ign)' /proc/self/status | cut -f2; cat /proc/self/stat | cut -d' ' -f5,7")
    let lines = try #require(bench.stdout()).split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[0].allSatisfy { $0 == "0" }, "\(lines[0])")
    // glibc's posix_spawn makes commands ignore the two signals that glibc reserves: 32 and 33.
    let ignored = try #require(UInt64(lines[1], radix: 16))
    #expect(ignored & ~0x1_8000_0000 == 0, "\(lines[1])")
    #expect(lines[2].hasSuffix(" 0"), "no controlling terminal")
  }

  @Test func variablesOfAnOuterTaskAreReplaced() throws {
    let bench = try Bench(environment: [
      "PATH=/usr/bin:/bin", "JOBMON_TOKEN=abc-1.0", "JOBMON_TASK_ID=7", "X=1",
    ])
    let token = bench.submit("env | grep -E 'JOBMON|^X' | sort")
    _ = bench.recorder.outcome(1)
    #expect(bench.stdout() == "JOBMON_OUTER_TOKENS=abc-1.0\nJOBMON_TOKEN=\(token).0\nX=1\n")
  }
}
