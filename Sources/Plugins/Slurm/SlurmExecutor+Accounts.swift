import JobmonCore

/// Accounting (slurmdbd): asked about jobs that the controller has forgotten, and about jobs that left no report. It
/// lags behind, and nothing depends on it.
extension SlurmExecutor {
  /// An instance that ended without a report of its resource usage.
  struct Unmeasured {
    let instance: TaskInstanceID
    let token: String
    let index: Int
    let jobs: Set<UInt32>
    /// When to ask (monotonic milliseconds), and the pause after that.
    var next: Int64
    var pause = SlurmExecutor.accountDelay
  }

  /// How long a job is absent before accounting is asked, and the first pause between queries (milliseconds):
  /// accounting lags.
  static let accountDelay: Int64 = 4000
  /// The longest pause; after it, accounting is not asked for usage again.
  private static let longestDelay: Int64 = 300_000
  /// How far back accounting is asked (seconds).
  private static let reach: Int64 = 90 * 86_400

  /// Asks how jobs ended that the controller has forgotten.
  func askAccounts(_ opened: Opened) {
    let now = Instant.now.monotonic
    let absent = state.withLock { $0.book.absent(for: Self.accountDelay, now: now) }
    guard let jobs = accounts(of: absent, opened) else { return }
    let records = records(of: jobs, opened)
    state.withLock { $0.book.account(records, now: now, opened.rules) }
  }

  /// Asks what jobs without a report used.
  func measure(_ opened: Opened) {
    let now = Instant.now.monotonic
    let due = state.withLock { state in state.unmeasured.filter { $0.next <= now } }
    guard let jobs = accounts(of: Set(due.flatMap(\.jobs)).sorted(), opened) else { return }
    var found: [String: [Int: ResourceUsage]] = [:]
    for job in jobs {
      guard let token = JobBook.token(of: job.name), case .one(let index) = job.tasks, let usage = job.usage,
        !SlurmState(raw: job.state).isAlive
      else { continue }
      found[token, default: [:]][index] = usage
    }
    let events: [ExecutorEvent] = state.withLock { state in
      var events: [ExecutorEvent] = []
      state.unmeasured = state.unmeasured.compactMap { entry in
        guard entry.next <= now else { return entry }
        if let usage = found[entry.token]?[entry.index] {
          events.append(.usage(entry.instance, usage))
          return nil
        }
        var later = entry
        later.next = now + entry.pause
        later.pause *= 2
        return later.pause > Self.longestDelay ? nil : later
      }
      return events
    }
    if !events.isEmpty { opened.events.post(events) }
  }

  /// nil if there is nothing to ask, or if accounting does not answer, which changes nothing.
  private func accounts(of jobs: [UInt32], _ opened: Opened) -> [SlurmJob]? {
    if jobs.isEmpty { return nil }
    do throws(SlurmError) {
      let since = Timestamp.now.rawValue / 1000 - Self.reach
      return try call("accounts") { () throws(SlurmError) in
        try opened.controller.accounts(of: jobs, since: since)
      }
    } catch {
      opened.events.post(.log(.info, "Slurm accounting does not answer: \(error.description)"))
      return nil
    }
  }
}
