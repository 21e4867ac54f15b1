import Foundation
import Testing

@testable import JobmonExecution
@testable import JobmonModel

/// The host's side of the wire protocol, with programs that behave incorrectly on the other side.
@Suite(.serialized) struct WireExecutorTests {
  @Test func tasksRunThroughAPlugin() throws {
    let bench = try WireBench(mode: "good")
    let description = try #require(bench.journal.description())
    #expect(description.capabilities == [.reportsUsage])
    #expect(description.placement == .backend(maxOutstanding: 100_000))
    #expect(description.outlivesDriver)
    bench.executor.validate([ResourceRequest(cores: 2)])
    #expect(bench.journal.hears { $0 == .validated([ResourceRequest(cores: 2)], [.ok]) })
    bench.submit(3)
    for instance in TaskInstanceID(1)...3 {
      #expect(bench.journal.outcome(of: instance) == Outcome(cause: .exit(0)))
    }
    #expect(
      bench.journal.hears {
        $0 == .usage(3, ResourceUsage(wall: 0.5, cpu: 0.25, peakMemory: 1 << 20))
      })
    #expect(bench.journal.events.contains(.submitted([1, 2, 3], .accepted(handle: "h7"))))
    #expect(
      bench.journal.events.contains(
        .started(2, node: "n", at: Timestamp(iso8601: "2026-01-31T08:15:00.250Z")!)))
    bench.executor.acknowledge([1, 2, 3])
    bench.stop()
    #expect(bench.calls == ["start 0", "submit run-0", "acknowledge [1, 2, 3]", "end"])
    #expect(bench.warnings == [])
  }

  @Test(arguments: [
    ("dies", "exited with 1: there is no libfake here"), ("refuses", "the licence is over"),
    ("modern", "it supports versions 7...9 of the plugin protocol, this program 1...1"),
  ])
  func anUnusablePluginReportsTheReason(mode: String, why: String) throws {
    let bench = try WireBench(mode: mode)
    guard case .unavailable(let text)? = bench.journal.description()?.health else {
      Issue.record("it is reported as ready")
      return
    }
    #expect(text.hasSuffix(why))
  }

  @Test func aStartWithoutAnswerTimesOut() throws {
    var deadlines = WireExecutor.Deadlines()
    deadlines.start = 0.3
    let bench = try WireBench(mode: "never", deadlines: deadlines)
    guard case .unavailable? = bench.journal.description(within: 10)?.health else {
      Issue.record("it is not reported as unavailable")
      return
    }
  }

  @Test func anUndeclaredOptionIsReportedWithASuggestion() throws {
    let bench = try WireBench(mode: "good", options: ["foldr": .string("x")])
    #expect(
      bench.journal.description()?.health
        == .unavailable(
          "cluster 'fake' has the option 'foldr', which its plugin does not know; did you mean 'folder'? (options: folder, mode)"
        ))
  }

  @Test func aMissingProgramIsAnError() {
    #expect {
      _ = try WireBench(mode: "good", command: ["/no/such/program"])
    } throws: {
      "\($0)" == "cannot start /no/such/program: No such file or directory"
    }
  }

  @Test func aPluginThatDiesDuringASubmissionIsAskedToRecoverIt() throws {
    let bench = try WireBench(mode: "dies_in_submit")
    bench.submit(2)
    #expect(bench.journal.hears { $0 == .recovered(1, .absent) })
    #expect(bench.journal.hears { $0 == .recovered(2, .absent) })
    #expect(
      bench.calls
        == [
          "start 0", "submit run-0", "start 1", "recover run-0 0 None False", "recover run-0 1 None False",
        ])
    // After `absent` they may be submitted again, and are no longer recovered.
    bench.submit(1, token: "run-1")
    #expect(bench.journal.outcome(of: 1) == Outcome(cause: .exit(0)))
  }

  @Test func jobsOfAPluginThatDiesAreRecoveredByHandleAndToken() throws {
    let bench = try WireBench(mode: "dies_after_submit")
    bench.submit(2)
    #expect(bench.journal.hears { $0 == .recovered(2, .ended(Outcome(cause: .exit(0)))) })
    #expect(
      bench.calls
        == ["start 0", "submit run-0", "start 1", "recover run-0 0 h7 False", "recover run-0 1 h7 False"])
    #expect(bench.warnings.contains { $0.contains("exited with 1; starting it again") })
  }

  @Test func aPluginThatDiesRepeatedlyIsReportedAsUnavailable() throws {
    var deadlines = WireExecutor.Deadlines()
    deadlines.backoffFirst = 0.01
    let bench = try WireBench(mode: "dies_again", deadlines: deadlines)
    bench.submit()
    #expect(
      bench.journal.hears {
        if case .health(.unavailable(let why)) = $0 { why.contains("5 times in a row") } else { false }
      })
    bench.stop()
    // No end is reported for the task, because its state is unknown.
    #expect(bench.count { if case .ended = $0 { true } else { false } } == 0)
    #expect(bench.calls.prefix(3) == ["start 0", "submit run-0", "start 1"])
  }

  @Test func aCallWithoutAnswerRestartsThePlugin() throws {
    var deadlines = WireExecutor.Deadlines()
    deadlines.call = 1.5
    let bench = try WireBench(mode: "silent", deadlines: deadlines)
    bench.submit()
    #expect(bench.journal.outcome(of: 1) == Outcome(cause: .exit(0)))
    #expect(bench.warnings.contains { $0.contains("no answer to submit in time") })
    #expect(bench.calls == ["start 0", "submit run-0", "start 1", "recover run-0 0 None False"])
  }

  @Test func aSubmissionWithoutVerdictIsAmbiguous() throws {
    var deadlines = WireExecutor.Deadlines()
    deadlines.answer = 0.3
    let bench = try WireBench(mode: "mute", deadlines: deadlines)
    bench.submit(2)
    #expect(
      bench.journal.hears {
        if case .submitted([1, 2], .ambiguous) = $0 { true } else { false }
      })
    // The core does this next.
    bench.executor.recover([
      RecoverableBatch(
        token: "run-0", resources: ResourceRequest(),
        instances: [RecoverableBatch.Instance(index: 0, instance: 1, handle: nil)], cancel: false)
    ])
    #expect(bench.journal.outcome(of: 1) == Outcome(cause: .exit(0)))
  }

  @Test func aSubmissionThatFailsIsAmbiguous() throws {
    let bench = try WireBench(mode: "fails")
    bench.submit()
    #expect(
      bench.journal.hears {
        $0 == .submitted([1], .ambiguous(why: "plugin fake failed to submit: disk full"))
      })
  }

  @Test func invalidMessagesAreIgnoredAndReported() throws {
    let bench = try WireBench(mode: "garbage")
    bench.submit(2)
    #expect(bench.journal.outcome(of: 2) == Outcome(cause: .exit(0)))
    // Invalid messages are reported, but not one by one. Events about unknown instances are not passed on.
    let told = bench.warnings.filter { $0.contains("sent an invalid message") }
    #expect(told.count == 5)
    #expect(
      bench.count { event in
        switch event {
        case .ended(let instance, _), .usage(let instance, _), .recovered(let instance, _): instance > 2
        case .submitted(let instances, _): instances != [1, 2]
        default: false
        }
      } == 0)
    #expect(bench.calls == ["start 0", "submit run-0"])
  }

  @Test func logLinesArePassedOnAtALimitedRate() throws {
    let bench = try WireBench(mode: "flood")
    bench.submit()
    #expect(bench.journal.outcome(of: 1, within: 60) == Outcome(cause: .exit(0)))
    bench.stop()
    let lines = bench.count { if case .log(.info, _) = $0 { true } else { false } }
    #expect((1...2000).contains(lines))
    #expect(bench.journal.events.contains(.log(.info, "fake: words 0")) || lines >= LogGate.linesPerSecond)
  }

  @Test func repeatedAndUnorderedEventsArePassedOnOnce() throws {
    let bench = try WireBench(mode: "backwards")
    bench.submit(2)
    #expect(bench.journal.outcome(of: 2) == Outcome(cause: .exit(0)))
    #expect(bench.journal.hears { if case .usage(2, _) = $0 { true } else { false } })
    #expect(bench.count { if case .ended = $0 { true } else { false } } == 2)
    // After the acknowledgement, a repeated end is acknowledged again and not passed on.
    bench.executor.acknowledge([1, 2])
    bench.stop()
    #expect(bench.calls.contains("acknowledge [1, 2]"))
  }

  @Test func cancelsOfRunningAndUnknownInstancesAreAnswered() throws {
    let bench = try WireBench(mode: "mute")
    bench.submit(1)
    #expect(bench.journal.description() != nil)
    bench.executor.cancel([1, 5])
    #expect(bench.journal.hears { $0 == .cancelled(1, .requested) })
    #expect(bench.journal.hears { $0 == .cancelled(5, .alreadyEnded) })
  }

  @Test func tenThousandTasksAreSubmittedInUnderASecond() throws {
    var folder = Bundle.main.bundleURL
    for argument in CommandLine.arguments where argument.hasSuffix(".xctest") {
      folder = URL(fileURLWithPath: argument)
    }
    while folder.path != "/",
      !FileManager.default.isExecutableFile(atPath: folder.appendingPathComponent("instant-plugin").path)
    { folder.deleteLastPathComponent() }
    // Take the best of three. `make test` runs this test alone: beside other tests it would measure how busy the
    // machine is.
    var submitted = Duration.seconds(60)
    for _ in 0..<3 {
      let bench = try WireBench(mode: "", command: [folder.appendingPathComponent("instant-plugin").path])
      _ = try #require(bench.journal.description())
      let began = ContinuousClock.now
      bench.submit(10_000)
      #expect(bench.journal.hears { if case .submitted = $0 { true } else { false } })
      submitted = min(submitted, ContinuousClock.now - began)
      #expect(bench.journal.outcome(of: 10_000) == Outcome(cause: .exit(0), node: "instant"))
    }
    print("10,000 tasks submitted in \(submitted)")
    #expect(submitted < .seconds(1))
  }
}
