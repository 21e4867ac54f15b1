import Testing

/// Tests the checker with constructed ledgers: it finds each kind of violation, and nothing else.
struct LedgerLawsTests {
  private let plan = LedgerPlan(upstreams: ["a": [], "b": ["a"]], maxAttempts: 2, limit: 1)

  private func laws(_ text: String, _ plan: LedgerPlan? = nil) throws -> [Int] {
    LedgerLaws(plan: plan ?? self.plan).breaches(try Ledger(text: text)).map(\.law)
  }

  @Test func acceptsAValidRun() throws {
    #expect(
      try laws(
        """
        start a 1 1 1 10
        fail a 1 1 1 10
        start a 2 2 1 11
        beat a 2 2 1 12
        end a 2 2 1 11
        start b 3 1 1 13
        done a
        crash
        start b 4 1 2 14
        end b 4 1 2 14
        done a
        done b
        crash
        """) == [])
  }

  @Test func findsADoneTaskThatRunsAgain() throws {
    #expect(try laws("start a 1 1 1 10\nend a 1 1 1 10\ndone a\nstart a 2 1 2 11\nend a 2 1 2 11") == [1])
  }

  @Test func findsAnExecutionThatContinuesAfterTheNextOneStarts() throws {
    #expect(try laws("start a 1 1 1 10\ncrash\nstart a 2 1 2 11\nbeat a 1 1 1 12\nend a 2 1 2 11") == [2])
  }

  @Test func findsAnOverlapThatTheLockShows() throws {
    #expect(try laws("start a 1 1 1 10\ncrash\noverlap a 2 1 2 11\nstart a 2 1 2 11\nend a 2 1 2 11") == [2])
  }

  @Test func findsAnInstanceThatIsStartedTwice() throws {
    #expect(try laws("start a 1 1 1 10\ncrash\nstart a 1 1 1 11\nend a 1 1 1 11") == [2])
  }

  @Test func findsATaskThatDoesNotWaitForItsUpstreamTask() throws {
    #expect(
      try laws(
        "start a 1 1 1 10\nstart b 2 1 1 11\nend a 1 1 1 10\nend b 2 1 1 11",
        LedgerPlan(upstreams: plan.upstreams)) == [3])
  }

  @Test func findsATaskReleasedBeforeItsUpstreamIsCommitted() throws {
    #expect(try laws("start a 1 1 1 10\nend a 1 1 1 10\nstart b 2 1 1 11\ncrash") == [3])
  }

  @Test func findsADoneTaskThatNeverRan() throws {
    #expect(try laws("done a") == [3])
  }

  @Test func findsOneFailureTooMany() throws {
    let lines = (1...3).map { "start a \($0) \(min($0, 2)) 1 1\($0)\nfail a \($0) \(min($0, 2)) 1 1\($0)" }
    #expect(try laws(lines.joined(separator: "\n")) == [4])
  }

  @Test func findsAnAttemptNumberBeyondTheLast() throws {
    #expect(try laws("start a 1 3 1 10\nend a 1 3 1 10") == [4])
  }

  @Test func findsTooManyTasksAtOnce() throws {
    let plan = LedgerPlan(upstreams: ["a": [], "b": []], limit: 1)
    #expect(try laws("start a 1 1 1 10\nstart b 2 1 1 11\nend a 1 1 1 10\nend b 2 1 1 11", plan) == [5])
  }

  @Test func refusesAnInvalidLedger() {
    #expect(throws: HarnessError.self) { try Ledger(text: "start a 1 1 1") }
    #expect(throws: HarnessError.self) { try Ledger(text: "stast a 1 1 1 10") }
  }
}
