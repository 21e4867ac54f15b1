import Foundation
import JobmonCore
import WorkerProtocol

/// The thread that looks into the folders of batches: for reports, and for what has to be known where there is none.
///
/// No lock is held while a folder is read, since a file system may hang. A thread that hangs in one is left there with the
/// batch, and another goes on with the others (``leaveHungReader(_:)``).
extension SlurmExecutor {
  /// Why the reading thread is woken.
  enum Nudge: Sendable {
    /// Something may end soon.
    case soon
    /// The controller has answered: what it shows may be decided now.
    case decide
  }

  /// Who reads the folders.
  struct Reader {
    /// Counts the threads: only the last one goes on.
    var generation = 0
    /// What is being read, and since when (monotonic milliseconds).
    var reading: (token: String, since: Int64)?
    /// Batches whose folders do not answer, each with a thread that waits for it.
    var hung: Set<String> = []
  }

  /// Milliseconds between two looks: while something may end soon, and when nothing has for a while.
  private static let shortPause: Int64 = 50
  private static let longPause: Int64 = 2000
  /// Milliseconds after which what is over without a report is looked at again.
  private static let decisionPause: Int64 = 500
  /// Where more threads than that hang, the file system as a whole does: no more are started.
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

  /// Whether this thread is to read the folder of that batch.
  private func begin(_ token: String, _ generation: Int) -> Bool {
    state.withLock { state in
      guard state.reader.generation == generation, !state.reader.hung.contains(token) else { return false }
      state.reader.reading = (token, Instant.now.monotonic)
      return true
    }
  }

  /// Whether this thread is to go on.
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

  /// Where the reading thread hangs, starts another for the other batches. For the watchdog.
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

  /// A folder of reports as it was listed last.
  private struct Listing {
    var changed: timespec
    var at: Int64
  }

  /// Takes the reports of a batch that have come; whether there were any.
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

  /// What is in a folder; nil where nothing has come since it was listed. Network file systems may show an old time of the
  /// last change, so it is listed every other second all the same.
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
    // Two changes within one tick of the file system's clock (10 ms) have one time.
    let age = Timestamp.now.rawValue - (Int64(changed.tv_sec) * 1000 + Int64(changed.tv_nsec) / 1_000_000)
    listings[path] = (0...20).contains(age) ? nil : Listing(changed: changed, at: now)
    return files.reports(block: block)
  }

  // MARK: What has left no report

  /// Decides on the tasks of a batch that are over, or have not been shown for long enough, and have left no report.
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

  /// Looks up what a batch's folder has on a question, and puts it in.
  func answer(
    _ question: JobQuestion, of index: Int, in token: String, _ files: BatchFiles, _ opened: Opened
  ) {
    let evidence = files.evidence(on: question, index, directory: opened.setting.directory)
    state.withLock { observe(.evidence(question, evidence), of: index, in: token, &$0, opened) }
  }
}
