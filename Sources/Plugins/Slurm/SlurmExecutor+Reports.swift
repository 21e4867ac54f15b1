import Foundation
import JobmonCore
import WorkerProtocol

/// The thread that looks for reports, and what follows from them and from the lack of them.
extension SlurmExecutor {
  /// Milliseconds between two looks: while something may end soon, and when nothing has for a while.
  private static let shortPause: Int64 = 50
  private static let longPause: Int64 = 2000
  /// Milliseconds after which what is over without a report is looked at again.
  private static let settlePause: Int64 = 500
  /// For how long a record says that a job is completing before it is believed to be over (milliseconds).
  private static let longestCompleting: Int64 = 300_000
  /// How long the cluster may take to say why it has ended a command (milliseconds).
  private static let wordDelay: Int64 = 60_000
  /// Seconds after which a worker that has not touched its claim, and that Slurm does not know, is dead.
  private static let claimAge = 300.0

  func lookForReports(_ opened: Opened) {
    var pause = Self.shortPause
    var settled: Int64 = 0
    var listings: [String: Listing] = [:]
    while true {
      if !reportNudges.take(within: pause).isEmpty { pause = Self.shortPause }
      if state.withLock({ $0.isOver }) { return }
      let found = look(opened, &listings)
      if Instant.now.monotonic - settled >= Self.settlePause {
        settle(opened)
        settled = Instant.now.monotonic
      }
      pause = found ? Self.shortPause : min(pause * 5 / 4 + 1, Self.longPause)
      if state.withLock({ $0.book.isEmpty }) { pause = Self.longPause }
    }
  }

  /// A folder of reports as it was listed last.
  private struct Listing {
    var changed: timespec
    var at: Int64
  }

  /// Takes the reports that have come; whether there were any.
  private func look(_ opened: Opened, _ listings: inout [String: Listing]) -> Bool {
    let open: [(token: String, files: BatchFiles, blocks: Set<Int>)] = state.withLock { state in
      state.book.batches.filter { !$0.value.open.isEmpty }.map { token, record in
        (token, record.files, Set(record.open.keys.map { $0 / BatchFolder.block }))
      }
    }
    var hasFound = false
    for (token, files, blocks) in open {
      for block in blocks.sorted() {
        guard let places = list(files, block, &listings) else { continue }
        let news = state.withLock { state in
          places.filter { place in
            guard let member = state.book.batches[token]?.open[place.index] else { return false }
            return member.report.map { $0.start < place.start } ?? true
          }
        }
        for (index, start) in news {
          guard let report = files.report(index, start: start) else { continue }
          hasFound = true
          KillPoint.reached("slurm.report")
          heard(report, token, index, start, opened)
        }
      }
    }
    return hasFound
  }

  /// What is in a folder; nil where nothing has come since it was listed. Network file systems may show an old time of the
  /// last change, so it is listed every other second all the same.
  private func list(_ files: BatchFiles, _ block: Int, _ listings: inout [String: Listing]) -> [(
    index: Int, start: Int
  )]? {
    let path = files.folder.reports(block: block)
    guard let found = OSFile.status(path) else { return nil }
    let (now, changed) = (Instant.now.monotonic, found.st_mtim)
    if let last = listings[path], last.changed.tv_sec == changed.tv_sec,
      last.changed.tv_nsec == changed.tv_nsec,
      now - last.at < Self.longPause
    {
      return nil
    }
    // Two changes within one tick of the file system's clock (10 ms) have one time.
    let age = Timestamp.now.rawValue - (Int64(changed.tv_sec) * 1000 + Int64(changed.tv_nsec) / 1_000_000)
    listings[path] = (0...20).contains(age) ? nil : Listing(changed: changed, at: now)
    return files.reports(block: block)
  }

  private func heard(_ report: BatchReport, _ token: String, _ index: Int, _ start: Int, _ opened: Opened) {
    let isOpen = state.withLock { state in
      guard let record = state.book.batches[token], let member = record.open[index] else { return false }
      // Started again since: what ended before says nothing of now.
      if let seen = member.seen, seen.restarts > start, seen.state.isAlive, report.report.end != .exit(0) {
        return false
      }
      let known = member.seen.flatMap { $0.state.isAlive ? nil : $0.state }
      if let outcome = verdict(member, record, opened).outcome(
        of: report, state: known, stateText: known.map { controller.text(ofState: $0.raw) } ?? "")
      {
        end(token, index, outcome, &state, opened)
        return false
      }
      state.book.batches[token]?.open[index]?.report = JobBook.Heard(
        report: report, start: start, at: Instant.now.monotonic)
      return true
    }
    if isOpen { requests.post([.look]) }
  }

  private func verdict(_ member: JobBook.Member, _ record: JobBook.Record, _ opened: Opened) -> SlurmVerdict {
    SlurmVerdict(
      isCancelled: member.isCancelled, memory: record.request.memory,
      memoryKillIsFailure: opened.options.memoryKillIsFailure,
      hasDirectory: OSFile.can(opened.setting.directory, X_OK))
  }

  private func end(_ token: String, _ index: Int, _ outcome: Outcome, _ state: inout State, _ opened: Opened)
  {
    let jobs = state.book.batches[token]?.jobs ?? []
    let instance = state.book.batches[token]?.open[index]?.instance
    if let event = state.book.end(token, index, outcome) { opened.events.post(event) }
    if opened.limits.hasAccounting, outcome.usage == nil, let instance, !jobs.isEmpty {
      state.unmeasured.append(
        Unmeasured(instance: instance, token: token, index: index, jobs: jobs, next: Instant.now.monotonic))
    }
    switch outcome.cause {
    case .nodeFailure, .launchFailure:
      guard let node = outcome.node, !node.isEmpty, outcome.isPermanent != true,
        outcome.isLogDiskFull != true
      else { return }
      state.strikes[node, default: 0] += 1
      if state.strikes[node] == Self.strikes {
        opened.events.post(
          .log(.warning, "node \(node) has failed \(Self.strikes) times: new tasks are kept away from it"))
      }
    default: break
    }
  }

  /// Decides on what is over, or has not been shown for long enough, and has left no report.
  func settle(_ opened: Opened) {
    let now = Instant.now.monotonic
    state.withLock { state in
      for (token, record) in state.book.batches.sorted(by: { $0.key < $1.key }) {
        for member in record.open.values.sorted(by: { $0.index < $1.index }) {
          settle(member, token, record, now, &state, opened)
        }
      }
    }
  }

  private func settle(
    _ member: JobBook.Member, _ token: String, _ record: JobBook.Record, _ now: Int64, _ state: inout State,
    _ opened: Opened
  ) {
    let verdict = verdict(member, record, opened)
    func end(_ outcome: Outcome) { self.end(token, member.index, outcome, &state, opened) }
    if let heard = member.report {
      let word = member.seen.flatMap { $0.state.isAlive ? nil : $0.state }
      // Who has forgotten it will not say; the accounts may.
      let isForgotten = !opened.limits.hasAccounting && member.absentSince.map { now - $0 > 1000 } ?? false
      let isOverdue = isForgotten || now - heard.at > Self.wordDelay
      if let word {
        let text = controller.text(ofState: word.raw)
        if let outcome = verdict.outcome(of: heard.report, state: word, stateText: text) { end(outcome) }
      } else if isOverdue {
        end(
          Outcome(
            cause: .lost("terminated"), node: heard.report.host,
            message: "the cluster ended it (TERM), and does not say why"))
      }
      return
    }
    if let since = member.overSince, let seen = member.seen {
      settle(seen, since: since, member, token, record, verdict, now, &state, opened)
    } else if let since = member.absentSince {
      settleAbsent(since: since, member, token, record, now, &state, opened)
    } else if let longest = opened.options.longestPending, let since = member.pendingSince,
      Double(now - since) > longest * 1000, !member.isCancelled, case .ours = record.files.claim(member.index)
    {
      state.cancellations += record.jobs.sorted().map { "\($0)_[\(member.index)]" }
      end(
        Outcome(
          cause: .cancelled(by: "option longest_pending"), ended: .now,
          message: "pending for more than \(Int(longest)) s: \(member.reason)"))
      requests.post([.look])
    }
  }

  /// The controller says that it is over.
  private func settle(
    _ seen: JobBook.Seen, since: Int64, _ member: JobBook.Member, _ token: String, _ record: JobBook.Record,
    _ verdict: SlurmVerdict, _ now: Int64, _ state: inout State, _ opened: Opened
  ) {
    func end(_ outcome: Outcome) { self.end(token, member.index, outcome, &state, opened) }
    if seen.state.has(.completing), now - since < Self.longestCompleting { return }
    let isByCluster = seen.state.base != .complete && seen.state.base != .failed
    let delay =
      switch seen.state.base {
      case .complete: opened.options.reportDelay
      case .failed: min(10, opened.options.reportDelay)
      default: min(2, opened.options.reportDelay)
      }
    let text = controller.text(ofState: seen.state.raw)
    // Without a claim it has never started, and with ours it never will.
    if !record.files.hasClaim(member.index) || isByCluster && Double(now - since) > delay * 1000 {
      if case .ours = record.files.claim(member.index) {
        if member.isRecovering, !member.isCancelled, !isByCluster {
          if let event = state.book.dismiss(token, member.index) { opened.events.post(event) }
          return
        }
        var outcome = verdict.outcome(
          of: seen.state, exitStatus: seen.exitStatus, node: seen.node, text: text)
        if !isByCluster, !verdict.isCancelled {
          outcome.cause = .launchFailure
          outcome.message =
            "the job has ended (\(text)) without starting the command"
            + (record.files.lastWords.map { ": \($0)" } ?? "")
        }
        return end(outcome)
      }
    }
    guard Double(now - since) > delay * 1000 else { return }
    // A listing may be old: the file itself is looked for once more.
    if let report = record.files.report(member.index, start: seen.restarts) {
      if let outcome = verdict.outcome(of: report, state: seen.state, stateText: text) { return end(outcome) }
    }
    // A node that is given up may go on: nothing is tried again while its worker gives signs of life.
    if seen.state.base == .nodeFail || seen.state.has(.completing),
      case .workers(let age) = record.files.claim(member.index), age < opened.options.silence
    {
      return
    }
    end(verdict.outcome(of: seen.state, exitStatus: seen.exitStatus, node: seen.node, text: text))
  }

  /// The controller answers, and does not show it.
  private func settleAbsent(
    since: Int64, _ member: JobBook.Member, _ token: String, _ record: JobBook.Record, _ now: Int64,
    _ state: inout State, _ opened: Opened
  ) {
    let patience = opened.options.lostAfter ?? max(2 * opened.limits.minJobAge, 300)
    guard member.isRecovering || Double(now - since) > patience * 1000 else { return }
    func end(_ cause: Cause, _ message: String) {
      self.end(token, member.index, Outcome(cause: cause, message: message), &state, opened)
    }
    switch record.files.claim(member.index) {
    case .ours where member.isRecovering:
      if let event = state.book.dismiss(token, member.index) { opened.events.post(event) }
    case .ours:
      end(
        member.isCancelled ? .interrupted : .lost("absent"),
        "Slurm no longer knows the job, which has not started and never will")
    case .workers(let age):
      // It did start: its report is awaited for as long as its worker gives signs of life.
      let longest = opened.options.lostAfter.map { max($0, opened.options.silence) } ?? Self.claimAge
      guard Double(now - since) > patience * 1000, age > longest else { return }
      end(
        member.isCancelled ? .interrupted : .lost("absent"),
        "Slurm no longer knows the job, and its worker has left no report and no sign of life for \(Int(age)) s"
      )
    case .unknown(let why):
      opened.events.post(.log(.warning, "what became of \(token).\(member.index) cannot be told: \(why)"))
    }
  }
}
