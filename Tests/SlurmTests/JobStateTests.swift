import JobmonCore
import Testing
import WorkerProtocol

@testable import SlurmPlugin

/// The transitions for all pairs of a state and an observation.
@Suite struct JobStateTests {
  private static let now: Int64 = 1_000_000
  private static let rules = JobRules(longestPending: 1000)

  private static func record(_ base: SlurmState.Base, restarts: Int = 0) -> JobRecord {
    JobRecord(
      state: SlurmState(raw: base.rawValue), restarts: restarts, started: 5, node: "n1", reason: "Priority",
      text: "\(base)")
  }

  private static func report(_ end: CommandEnd, isTerminated: Bool = false) -> HeldReport {
    HeldReport(
      report: BatchReport(
        report: CommandReport(
          instance: 1, end: end, started: 1, ended: 2, wall: 1, cpu: 1, peakMemory: 0, message: ""),
        host: "n1", job: "7", wasTerminated: isTerminated), start: 0, at: now)
  }

  private static let plain = JobHistory()
  private static let started = JobHistory(hasStarted: true)
  private static let waiting = JobHistory(reason: "Priority", pendingSince: 1)
  private static let recovering = JobHistory(awaits: .recovery)

  private static let states: [(String, JobState)] = [
    ("unseen", .unseen(plain)),
    ("unseen, recovering", .unseen(recovering)),
    ("unseen, recovering, cancelled", .unseen(JobHistory(awaits: .recovery, isCancelled: true))),
    ("pending", .pending(waiting, record(.pending))),
    ("pending, cancelled", .pending(JobHistory(isCancelled: true, pendingSince: 1), record(.pending))),
    ("running", .running(started, record(.running))),
    ("running again", .running(started, record(.running, restarts: 1))),
    ("running, report held", .running(held(started), record(.running))),
    ("over: complete", .over(started, record(.complete), since: 1)),
    ("over: complete just now", .over(started, record(.complete), since: now)),
    ("over: nodeFail", .over(started, record(.nodeFail), since: 1)),
    ("over: failed, recovering", .over(recovering, record(.failed), since: 1)),
    ("over: timeout, report held", .over(held(started), record(.timeout), since: 1)),
    ("absent", .absent(started, since: 1)),
    ("absent just now", .absent(started, since: now)),
    ("absent just now, recovering", .absent(recovering, since: now)),
    ("absent, report held", .absent(held(started), since: 1)),
    ("accounted: timeout", .accounted(started, record(.timeout), over: 1, absent: 1)),
    ("ended", .ended),
    ("forgotten", .forgotten),
  ]

  private static func held(_ history: JobHistory) -> JobHistory {
    var history = history
    history.report = report(.signal(15), isTerminated: true)
    return history
  }

  /// The observations of a task. For evidence, the question is the one that the state asks, as in the executor.
  private static let observations: [(String, @Sendable (JobState) -> JobObservation)] = [
    ("shown pending", { _ in .shown(record(.pending), at: now) }),
    ("shown running", { _ in .shown(record(.running), at: now) }),
    ("shown complete", { _ in .shown(record(.complete), at: now) }),
    ("not shown", { _ in .notShown(at: now) }),
    ("unanswered", { _ in .unanswered }),
    ("accounts: running", { _ in .accounts(record(.running), at: now) }),
    ("accounts: failed", { _ in .accounts(record(.failed), at: now) }),
    ("cancel", { _ in .cancel }),
    ("report: exit 0", { _ in .reported(report(.exit(0))) }),
    ("report: exit 3", { _ in .reported(report(.exit(3))) }),
    ("report: TERM", { _ in .reported(report(.signal(15), isTerminated: true)) }),
    ("time", { _ in .time(now) }),
    ("a minute later", { _ in .time(now + 60_001) }),
    ("answer: ours", { .evidence(asked($0), JobEvidence(claim: .ours)) }),
    ("answer: silent worker", { .evidence(asked($0), JobEvidence(claim: .workers(age: 1000))) }),
    ("answer: live worker", { .evidence(asked($0), JobEvidence(claim: .workers(age: 1))) }),
    ("answer: unknown", { .evidence(asked($0), JobEvidence(claim: .unknown("why"))) }),
    ("answer: report", { .evidence(asked($0), JobEvidence(report: report(.exit(0)).report)) }),
    (
      "late answer: ours",
      { _ in
        .evidence(
          JobQuestion(subject: .absent(isOverdue: true), at: now - 1), JobEvidence(claim: .ours))
      }
    ),
    (
      "late answer: silent worker",
      { _ in
        .evidence(
          JobQuestion(subject: .over(record(.cancelled), isLate: true, claims: true), at: now - 1),
          JobEvidence(claim: .workers(age: 1000)))
      }
    ),
    ("acknowledged", { _ in .acknowledged }),
  ]

  /// The question that a state asks; a cancellation if it asks none.
  private static func asked(_ state: JobState) -> JobQuestion {
    state.question(at: now, rules) ?? JobQuestion(subject: .cancelled, at: now)
  }

  // MARK: The table

  /// One line for each pair that changes the state or has effects; all other pairs do nothing.
  private static func lines() -> [String] {
    states.flatMap { name, state in
      observations.compactMap { observation, make in
        let (next, effects) = JobState.transition(state, make(state), rules)
        if next == state, effects.isEmpty { return nil }
        let all = ([next == state ? "same" : text(next)] + effects.map(text)).joined(separator: "; ")
        return "\(name) | \(observation) | \(all)"
      }
    }
  }

  private static func text(_ state: JobState) -> String {
    let name =
      switch state {
      case .unseen: "unseen"
      case .pending: "pending"
      case .running: "running"
      case .over(_, let record, let since): "over: \(record.text) since \(since)"
      case .absent(_, let since): "absent since \(since)"
      case .accounted(_, let record, let over, let absent):
        "accounted: \(record.text) since \(over), absent since \(absent)"
      case .ended: "ended"
      case .forgotten: "forgotten"
      }
    guard let history = state.history else { return name }
    let words = [
      history.awaits == .recovery ? "recovering" : nil, history.isCancelled ? "cancelled" : nil,
      history.hasStarted ? "started" : nil, history.pendingSince.map { "pending since \($0)" },
      history.report == nil ? nil : "report held",
    ].compactMap { $0 }
    return words.isEmpty ? name : "\(name) (\(words.joined(separator: ", ")))"
  }

  private static func text(_ effect: JobEffect) -> String {
    switch effect {
    case .started(let node, _): "started on \(node)"
    case .waiting(let reason): "waiting: \(reason)"
    case .ended(let outcome): "ended: \(outcome.cause.word)"
    case .recovered(.ended(let outcome)): "recovered as ended: \(outcome.cause.word)"
    case .recovered(.running): "recovered as running"
    case .recovered(.pending): "recovered as pending"
    case .recovered(let verdict): "recovered as \(verdict)"
    case .cancelled(let verdict): "cancelled: \(verdict)"
    case .claim: "claim"
    case .cancelJob: "cancel the job"
    case .askController: "ask the controller"
    case .warning(let text): "warning: \(text)"
    }
  }

  @Test func allTransitionsMatchTheTable() {
    let found = Self.lines()
    let expected = JobStateTable.text.split(separator: "\n").map(String.init)
    for line in found where !expected.contains(line) { Issue.record("not in the table: \(line)") }
    for line in expected where !found.contains(line) { Issue.record("in the table only: \(line)") }
  }

  // MARK: Rules over all pairs

  @Test func theEndIsReportedOnceAndInTheExpectedForm() {
    for (name, state) in Self.states {
      for (observation, make) in Self.observations {
        let (next, effects) = JobState.transition(state, make(state), Self.rules)
        let ends = effects.filter { if case .ended = $0 { true } else { false } }
        let answers = effects.filter { if case .recovered = $0 { true } else { false } }
        #expect(ends.count + answers.count <= 1, "\(name), \(observation)")
        if next == .ended, state != .ended {
          #expect(ends.count + answers.count == 1, "\(name), \(observation)")
        }
        if state.history?.awaits == .recovery {
          #expect(ends.isEmpty, "\(name), \(observation): the first answer is a recovery")
        } else {
          #expect(answers.isEmpty, "\(name), \(observation): no recovery was asked for")
        }
      }
    }
  }

  @Test func anEndedJobStaysEnded() {
    for (observation, make) in Self.observations {
      let (next, effects) = JobState.transition(.ended, make(.ended), Self.rules)
      #expect(next == (observation == "acknowledged" ? .forgotten : .ended))
      #expect(effects == (observation == "cancel" ? [.cancelled(.alreadyEnded)] : []))
    }
  }
}
