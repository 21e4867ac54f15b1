import JobmonCore
import WorkerProtocol

extension JobState {
  /// The state after an observation, and the effects. A pure function of its arguments.
  static func transition(_ state: JobState, _ observation: JobObservation, _ rules: JobRules) -> (
    state: JobState, effects: [JobEffect]
  ) {
    guard let history = state.history else { return closed(state, observation) }
    switch observation {
    case .shown(let record, let now): return shown(state, history, record, now)
    case .notShown(let now): return (state.absentSince == nil ? .absent(history, since: now) : state, [])
    case .unanswered: return (unanswered(state), [])
    case .accounts(let record, let now): return (accounted(state, record, now), [])
    case .cancel:
      var history = history
      history.isCancelled = true
      return (state.with(history), [.cancelled(.requested), .claim])
    case .reported(let report): return reported(state, history, report, rules)
    case .time(let now): return judged(state, history, now, rules)
    case .evidence(let question, let evidence): return answered(state, history, question, evidence, rules)
    case .acknowledged: return (state, [])
    }
  }

  // MARK: Ended tasks

  private static func closed(_ state: JobState, _ observation: JobObservation) -> (JobState, [JobEffect]) {
    switch observation {
    case .acknowledged: (.forgotten, [])
    case .cancel: (state, [.cancelled(.alreadyEnded)])
    default: (state, [])
    }
  }

  private static func ended(_ history: JobHistory, _ outcome: Outcome, _ more: [JobEffect] = []) -> (
    JobState, [JobEffect]
  ) {
    (.ended, more + [history.awaits == .recovery ? .recovered(.ended(outcome)) : .ended(outcome)])
  }

  // MARK: The controller and accounting

  private static func shown(_ state: JobState, _ history: JobHistory, _ record: JobRecord, _ now: Int64) -> (
    JobState, [JobEffect]
  ) {
    guard record.state.isAlive else {
      // While the job is completing its processes are being ended, and its report may follow.
      switch state {
      case .over(_, _, let since), .accounted(_, _, let since, _):
        return (.over(history, record, since: since), [])
      default: return (.over(history, record, since: now), [])
      }
    }
    var history = history
    var effects: [JobEffect] = []
    let isRunning = record.state.isRunning
    let started = record.started > 0 ? Timestamp(milliseconds: record.started * 1000) : nil
    if history.awaits == .recovery, !history.isCancelled {
      history.awaits = .end
      history.hasStarted = isRunning
      effects.append(.recovered(isRunning ? .running(node: record.node, started: started) : .pending))
    }
    if isRunning {
      history.pendingSince = nil
      if !history.hasStarted, history.awaits == .end {
        history.hasStarted = true
        effects.append(.started(node: record.node, at: started))
      }
      return (.running(history, record), effects)
    }
    history.pendingSince = history.pendingSince ?? now
    if history.reason != record.reason, history.awaits == .end {
      history.reason = record.reason
      effects.append(.waiting(reason: record.reason))
    }
    return (.pending(history, record), effects)
  }

  private static func unanswered(_ state: JobState) -> JobState {
    switch state {
    case .absent(let history, _): .unseen(history)
    case .accounted(let history, let record, let over, _): .over(history, record, since: over)
    default: state
    }
  }

  private static func accounted(_ state: JobState, _ record: JobRecord, _ now: Int64) -> JobState {
    guard !record.state.isAlive else { return state }
    switch state {
    case .absent(let history, let since): return .accounted(history, record, over: now, absent: since)
    case .accounted(let history, _, let over, let absent):
      return .accounted(history, record, over: over, absent: absent)
    default: return state
    }
  }

  // MARK: Reports

  private static func reported(
    _ state: JobState, _ history: JobHistory, _ found: HeldReport, _ rules: JobRules
  ) -> (JobState, [JobEffect]) {
    if let held = history.report, held.start >= found.start { return (state, []) }
    // The job was started again: the end of an earlier start says nothing about the current one.
    if let record = state.record, record.restarts > found.start, record.state.isAlive,
      found.report.report.end != .exit(0)
    {
      return (state, [])
    }
    let final = state.finalRecord
    if let outcome = verdict(history, rules, hasDirectory: found.hasDirectory).outcome(
      of: found.report, state: final?.state, stateText: final?.text ?? "")
    {
      return ended(history, outcome)
    }
    var history = history
    history.report = found
    return (state.with(history), [.askController])
  }

  /// Decides about a report that was held back, for which the cluster must first say why it ended the job.
  private static func judged(_ state: JobState, _ history: JobHistory, _ now: Int64, _ rules: JobRules) -> (
    JobState, [JobEffect]
  ) {
    guard let held = history.report else { return (state, []) }
    if let record = state.finalRecord {
      let verdict = verdict(history, rules, hasDirectory: held.hasDirectory)
      guard let outcome = verdict.outcome(of: held.report, state: record.state, stateText: record.text) else {
        return (state, [])
      }
      return ended(history, outcome)
    }
    // A controller that has forgotten the job will give no reason; accounting may.
    let isForgotten = !rules.hasAccounting && state.absentSince.map { now - $0 > 1000 } ?? false
    guard isForgotten || now - held.at > JobRules.reasonDelay else { return (state, []) }
    return ended(
      history,
      Outcome(
        cause: .lost("terminated"), node: held.report.host,
        message: "the cluster ended it (TERM) without giving a reason"))
  }

  private static func verdict(_ history: JobHistory, _ rules: JobRules, hasDirectory: Bool = true)
    -> SlurmVerdict
  {
    SlurmVerdict(
      isCancelled: history.isCancelled, memory: rules.memory, memoryKillIsFailure: rules.memoryKillIsFailure,
      hasDirectory: hasDirectory)
  }

  // MARK: Questions to the batch's folder

  /// The question to look up now; nil if there is none.
  func question(at now: Int64, _ rules: JobRules) -> JobQuestion? {
    guard let history, history.report == nil else { return nil }
    func question(_ subject: JobQuestion.Subject) -> JobQuestion { JobQuestion(subject: subject, at: now) }
    switch self {
    case .over(_, let record, let since), .accounted(_, let record, let since, _):
      if record.state.has(.completing), now - since < JobRules.longestCompleting { return nil }
      let isLate = now - since > record.reportDelay(rules)
      return question(.over(record, isLate: isLate, claims: isLate && record.isByCluster))
    case .absent(_, let since):
      let isOverdue = now - since > rules.absence
      return isOverdue || history.awaits == .recovery ? question(.absent(isOverdue: isOverdue)) : nil
    case .unseen, .pending, .running:
      guard let longest = rules.longestPending, let since = history.pendingSince, now - since > longest,
        !history.isCancelled
      else { return nil }
      return question(.pendingTooLong(Double(longest) / 1000))
    case .ended, .forgotten: return nil
    }
  }

  private static func answered(
    _ state: JobState, _ history: JobHistory, _ question: JobQuestion, _ evidence: JobEvidence,
    _ rules: JobRules
  ) -> (JobState, [JobEffect]) {
    if evidence.claim == .ours { return claimed(state, history, question, evidence, rules) }
    // The controller may have shown something else while the folder was read.
    guard state.question(at: question.at, rules) == question else { return (state, []) }
    switch question.subject {
    case .cancelled, .pendingTooLong: return (state, [])
    case .over(let record, let isLate, _):
      guard isLate else { return (state, []) }
      let verdict = verdict(history, rules, hasDirectory: evidence.hasDirectory)
      if let report = evidence.report,
        let outcome = verdict.outcome(of: report, state: record.state, stateText: record.text)
      {
        return ended(history, outcome)
      }
      // A command on a failed node may continue: it is not retried while its worker touches its claim.
      if record.mayGoOn, case .workers(let age)? = evidence.claim, age < rules.silence { return (state, []) }
      return ended(
        history,
        verdict.outcome(
          of: record.state, exitStatus: record.exitStatus, node: record.node, text: record.text))
    case .absent(let isOverdue):
      switch evidence.claim {
      case .workers(let age)?:
        // It has started: wait for its report as long as its worker touches its claim.
        guard isOverdue, age > rules.claimAge else { return (state, []) }
        return ended(
          history,
          Outcome(
            cause: history.isCancelled ? .interrupted : .lost("absent"),
            message:
              "Slurm no longer knows the job, and its worker has sent no report or heartbeat for \(Int(age)) s"
          ))
      case .unknown(let why)?: return (state, [.warning(why)])
      case .ours?, nil: return (state, [])
      }
    }
  }

  /// The driver has the claim: the task has not started and never will, regardless of what the controller has shown
  /// since.
  private static func claimed(
    _ state: JobState, _ history: JobHistory, _ question: JobQuestion, _ evidence: JobEvidence,
    _ rules: JobRules
  ) -> (JobState, [JobEffect]) {
    // A job that is requeued would only find the claim.
    let cancels: [JobEffect] = state.record?.state.isAlive == true ? [.cancelJob] : []
    switch question.subject {
    case .cancelled:
      // During recovery, the controller's answer comes first.
      guard history.awaits == .end else { return (state, []) }
      return ended(
        history,
        Outcome(cause: .interrupted, ended: evidence.at, message: "cancelled before it started"))
    case .pendingTooLong(let longest):
      let outcome = Outcome(
        cause: .cancelled(by: "option longest_pending"), ended: evidence.at,
        message: "pending for more than \(Int(longest)) s: \(history.reason)")
      return ended(history, outcome, [.cancelJob, .askController])
    case .over(let record, _, _):
      if history.awaits == .recovery, !history.isCancelled, !record.isByCluster {
        return (.forgotten, [.recovered(.absent)])
      }
      var outcome = verdict(history, rules).outcome(
        of: record.state, exitStatus: record.exitStatus, node: record.node, text: record.text)
      if !record.isByCluster, !history.isCancelled {
        outcome.cause = .launchFailure
        outcome.message =
          "the job has ended (\(record.text)) without starting the command"
          + (evidence.lastWords.map { ": \($0)" } ?? "")
      }
      return ended(history, outcome, cancels)
    case .absent:
      if history.awaits == .recovery { return (.forgotten, cancels + [.recovered(.absent)]) }
      return ended(
        history,
        Outcome(
          cause: history.isCancelled ? .interrupted : .lost("absent"),
          message: "Slurm no longer knows the job, which never started"),
        cancels)
    }
  }
}

extension JobRecord {
  /// Whether the cluster, not the command, has ended the job.
  var isByCluster: Bool { state.base != .complete && state.base != .failed }

  /// Whether the command may continue although the job is over.
  var mayGoOn: Bool { state.base == .nodeFail || state.has(.completing) }

  /// The maximum delay of the report of such a job.
  fileprivate func reportDelay(_ rules: JobRules) -> Int64 {
    switch state.base {
    case .complete: rules.reportDelay
    case .failed: min(10_000, rules.reportDelay)
    default: min(2000, rules.reportDelay)
    }
  }
}
