import Foundation
import JobmonCore
import WorkerProtocol

/// The thread that reads the folders of batches: for reports, and for what must be known if there is no report.
///
/// No lock is held while a folder is read, because a file system may hang. A thread that hangs is left with its batch,
/// and another thread continues with the other batches (``leaveHungReader(_:)``).
extension SlurmExecutor {
  /// Why the reading thread is woken.
  enum Nudge: Sendable {
    /// A task may end soon.
    case soon
    /// The controller has answered: tasks can be decided by its records now.
    case decide
  }

  /// The state of the threads that read the folders.
  struct Reader {
    /// Counts the threads: only the latest one continues.
    var generation = 0
    /// The batch that is being read, and since when (monotonic milliseconds).
    var reading: (token: String, since: Int64)?
    /// Batches whose folders do not answer, each with a thread that waits for it.
    var hung: Set<String> = []
  }

  /// Milliseconds between two passes: if a task may end soon, and if nothing has ended for a while.
  private static let shortPause: Int64 = 50
  private static let longPause: Int64 = 2000
  /// Milliseconds after which tasks that are over without a report are examined again.
  private static let decisionPause: Int64 = 500
  /// If this many threads hang, the whole file system does: no more are started.
  private static let mostHung = 4

  func readFolders(_ opened: Opened, generation: Int) {
    var pause = Self.shortPause
    var decided: Int64 = 0
    var listings: [String: Listing] = [:]
    while true {
      let nudges = folderNudges.take(within: pause)
      if nudges.contains(.soon) { pause = Self.shortPause }
      if nudges.contains(.decide) { decided = 0 }
      if state.withLock({ $0.isOver }) { return }
      let decides = Instant.now.monotonic - decided >= Self.decisionPause
      var hasFound = false
      for (token, files, blocks) in openBatches() {
        guard begin(token, generation) else { continue }
        if lookForReports(token, files, blocks, opened, &listings) { hasFound = true }
        if decides { decide(token, files, opened) }
        if !finish(token, generation) { return }
      }
      if decides { decided = Instant.now.monotonic }
      pause = hasFound ? Self.shortPause : min(pause * 5 / 4 + 1, Self.longPause)
      if state.withLock({ $0.book.isEmpty }) { pause = Self.longPause }
    }
  }

  private func openBatches() -> [(token: String, files: BatchFiles, blocks: [Int])] {
    state.withLock { state in
      state.book.batches.filter { !$0.value.open.isEmpty }.sorted { $0.key < $1.key }.map { token, record in
        (token, record.files, Set(record.open.keys.map { $0 / BatchFolder.block }).sorted())
      }
    }
  }

  // MARK: Folders that do not answer

  /// Whether this thread should read the folder of that batch.
  private func begin(_ token: String, _ generation: Int) -> Bool {
    state.withLock { state in
      guard state.reader.generation == generation, !state.reader.hung.contains(token) else { return false }
      state.reader.reading = (token, Instant.now.monotonic)
      return true
    }
  }

  /// Whether this thread should continue.
  private func finish(_ token: String, _ generation: Int) -> Bool {
    state.withLock { state in
      if state.reader.generation == generation {
        state.reader.reading = nil
        return true
      }
      state.reader.hung.remove(token)
      return false
    }
  }

  /// If the reading thread hangs, starts another one for the other batches. Called by the watchdog.
  func leaveHungReader(_ opened: Opened) {
    let now = Instant.now.monotonic
    let generation: Int? = state.withLock { state in
      guard let (token, since) = state.reader.reading, now - since > readingLimit,
        state.reader.hung.count < Self.mostHung
      else { return nil }
      state.reader.hung.insert(token)
      state.reader.reading = nil
      state.reader.generation += 1
      opened.events.post(
        .log(
          .warning,
          "the folder of batch \(token) has not answered for \((now - since) / 1000) s; waiting for it"
        ))
      return state.reader.generation
    }
    guard let generation else { return }
    thread("reports") { [self] in readFolders(opened, generation: generation) }
  }

  // MARK: Reports

  /// The last listing of a folder of reports.
  private struct Listing {
    var changed: timespec
    var at: Int64
  }

  /// Takes new reports of a batch. Returns whether there were any.
  private func lookForReports(
    _ token: String, _ files: BatchFiles, _ blocks: [Int], _ opened: Opened,
    _ listings: inout [String: Listing]
  ) -> Bool {
    var hasFound = false
    for block in blocks {
      guard let listed = list(files, block, &listings) else { continue }
      let new = state.withLock { state in
        listed.filter { entry in
          guard let task = state.book.batches[token]?.open[entry.index] else { return false }
          return task.state.history?.report.map { $0.start < entry.start } ?? true
        }
      }
      for (index, start) in new {
        guard let report = files.report(index, start: start) else { continue }
        hasFound = true
        KillPoint.reached("slurm.report")
        let found = HeldReport(
          report: report, start: start, hasDirectory: OSFile.can(opened.setting.directory, X_OK),
          at: Instant.now.monotonic)
        state.withLock { observe(.reported(found), of: index, in: token, &$0, opened) }
      }
    }
    return hasFound
  }

  /// The contents of a folder; nil if nothing was added since the last listing. Network file systems may show an
  /// outdated modification time, so the folder is listed every 2 s in any case.
  private func list(_ files: BatchFiles, _ block: Int, _ listings: inout [String: Listing]) -> [(
    index: Int, start: Int
  )]? {
    let path = files.folder.reports(block: block)
    guard let changed = files.reportsChanged(block: block) else { return nil }
    let now = Instant.now.monotonic
    if let last = listings[path], last.changed.tv_sec == changed.tv_sec,
      last.changed.tv_nsec == changed.tv_nsec,
      now - last.at < Self.longPause
    {
      return nil
    }
    // Two changes within one tick of the file system's clock (10 ms) have the same time.
    let age = Timestamp.now.rawValue - (Int64(changed.tv_sec) * 1000 + Int64(changed.tv_nsec) / 1_000_000)
    listings[path] = (0...20).contains(age) ? nil : Listing(changed: changed, at: now)
    return files.reports(block: block)
  }

  // MARK: Tasks without a report

  /// Decides about tasks of a batch without a report that are over, or that were not shown for long enough.
  private func decide(_ token: String, _ files: BatchFiles, _ opened: Opened) {
    let now = Instant.now.monotonic
    let questions = state.withLock { state in
      for (index, task) in state.book.batches[token]?.open ?? [:] where task.state.history?.report != nil {
        observe(.time(now), of: index, in: token, &state, opened)
      }
      return state.book.questions(in: token, at: now, opened.rules)
    }
    for (index, question) in questions { answer(question, of: index, in: token, files, opened) }
  }

  /// Looks up a question in a batch's folder and applies the answer.
  func answer(
    _ question: JobQuestion, of index: Int, in token: String, _ files: BatchFiles, _ opened: Opened
  ) {
    let evidence = files.evidence(on: question, index, directory: opened.setting.directory)
    state.withLock { observe(.evidence(question, evidence), of: index, in: token, &$0, opened) }
  }
}
