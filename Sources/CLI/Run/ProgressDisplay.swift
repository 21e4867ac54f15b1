import Foundation
import JobmonCore
import OSText

/// Shows a run's progress: a live block on a terminal, otherwise an occasional line. The driver's calls only record
/// what to show; a separate thread draws it.
final class ProgressDisplay: RunObserver, @unchecked Sendable {
  /// Seconds between two updates of the live block, and between two lines without a terminal.
  private static let liveInterval = 0.25
  private static let lineInterval = 5.0
  /// Maximum number of messages that wait for the terminal.
  private static let mostMessages = 10_000
  /// How long the terminal may accept nothing at the end, in milliseconds.
  private static let endPatience: Int64 = 2000
  /// Seconds without a change after which the reason is shown.
  private static let patience =
    ProcessInfo.processInfo.environment["JOBMON_STANDSTILL"].flatMap(Double.init) ?? 300

  let colors: Colors
  private let isLive: Bool
  private let isQuiet: Bool
  private let isVerbose: Bool
  private let resumeCommand: @Sendable (WorkflowID) -> String
  private let state = NSCondition()
  private var opening: RunStart?
  private var progress: RunProgress?
  private var messages: [StyledText] = []
  /// Number of messages dropped, oldest first, because the terminal accepts nothing.
  private var omitted = 0
  private var isStopped = false
  private var hasEnded = true
  /// Bytes written to the terminal.
  private var taken = 0
  /// Wakes threads that wait for the end.
  private let ends = Mailbox<Void>()
  /// Widths of the lines of the live block that is on the screen.
  private var drawnLines: [Int] = []
  private var flood = FailureFlood()
  private var lastLine: RunProgress?
  private var lastLineAt = Date.distantPast
  private var block: LiveBlock
  /// When `progress` was last reported (monotonic milliseconds), and since when its counts have been unchanged.
  private var progressAt: Int64 = 0
  private var changedAt = Instant.now.monotonic
  private var notice: StyledText?
  private var lastQuiet = 0.0
  private let standstill: (@Sendable (WorkflowID) -> Standstill?)?

  /// - Parameter standstill: what the workflow waits for while nothing changes, from the committed state.
  init(
    isLive: Bool, isQuiet: Bool, isVerbose: Bool, colors: Colors,
    resumeCommand: @escaping @Sendable (WorkflowID) -> String,
    standstill: (@Sendable (WorkflowID) -> Standstill?)? = nil
  ) {
    self.resumeCommand = resumeCommand
    self.standstill = standstill
    block = LiveBlock(colors: colors)
    self.isLive = isLive
    self.isQuiet = isQuiet
    self.isVerbose = isVerbose
    self.colors = colors
  }

  var wantsEvents: Bool { isVerbose }

  func start() {
    hasEnded = false
    let thread = Thread { [self] in draw() }
    thread.start()
  }

  /// Draws what remains, and returns. If the terminal accepts nothing for 2 s, returns anyway; nothing more is then
  /// written to standard error.
  func stop() {
    state.lock()
    isStopped = true
    state.broadcast()
    state.unlock()
    var known = -1
    var since = Instant.now.monotonic
    while true {
      state.lock()
      let (hasEnded, taken) = (hasEnded, taken)
      state.unlock()
      if hasEnded { return }
      let now = Instant.now.monotonic
      if taken != known { (known, since) = (taken, now) }
      guard now - since < Self.endPatience else { return Console.giveUp() }
      _ = ends.take(within: Self.endPatience - (now - since))
    }
  }

  // MARK: RunObserver

  func began(_ start: RunStart) {
    state.lock()
    opening = start
    let before: StyledText = start.tasksPreviouslyDone > 0 ? ", \(start.tasksPreviouslyDone) done before" : ""
    add(
      "workflow \(start.workflowID) (\(start.name)), run \(start.workflowRunID): \(CountText.of(start.tasksTotal, "task"))\(before), in \(start.folder)"
    )
    state.unlock()
  }

  func progressed(_ progress: RunProgress) {
    let now = Instant.now.monotonic
    state.lock()
    if self.progress?.templates != progress.templates {
      changedAt = now
      notice = nil
    }
    self.progress = progress
    progressAt = now
    state.unlock()
  }

  func failed(_ task: FailedTask, attempt: Int, willRetry: Bool) {
    if isQuiet { return }
    state.lock()
    defer { state.unlock() }
    guard isVerbose || flood.letsThrough(task, willRetry: willRetry) else { return }
    let head = willRetry ? colors.yellow("retry ") : colors.red("failed")
    var lines: [StyledText] = [
      "\(head) \(task.name) (task \(task.taskID), attempt \(attempt)): \(task.reason)"
    ]
    if let command = task.command.map({ TextLines.split($0) })?.first(where: { !TextLines.isBlank($0) }) {
      lines.append("       $ \(command.count > 200 ? command.prefix(200) + "…" : command[...])")
    }
    if let tail = task.stderrTail, !tail.isEmpty {
      lines += TextLines.split(tail).filter { !$0.isEmpty }.suffix(5).map { "       | \($0)" }
    }
    if let path = task.stderr { lines.append("       \(colors.faint(StyledText(path)))") }
    add(lines.joined(separator: "\n"))
  }

  func changed(_ events: [StatusEvent]) {
    guard isVerbose else { return }
    let lines = events.filter { $0.kind == .task }.map { event in
      let node: StyledText = event.node.map { " on \($0)" } ?? ""
      return colors.faint(
        "\(event.taskName ?? "task \(event.id)"): \(event.from ?? "-") -> \(event.to)\(node)")
    }
    if !lines.isEmpty { note(lines.joined(separator: "\n")) }
  }

  func noticed(_ text: String) { note(StyledText(message: text)) }

  func noticed(_ text: String, advice: Advice) { noticed(advice.commands(after: text)) }

  func interrupted(_ interruption: RunInterruption) {
    state.lock()
    let id = opening?.workflowID
    state.unlock()
    var lines: [StyledText] = [StyledText(interruption.sentence)]
    let tasks = interruption.running
    if !tasks.isEmpty {
      let more: StyledText = tasks.count > 5 ? ", …" : ""
      lines.append("  not ended yet: \(tasks.prefix(5).joined(separator: ", "))\(more) (\(tasks.count))")
    }
    if let id { lines.append("  resume with: \(resumeCommand(id))") }
    note(lines.joined(separator: "\n"))
  }

  private func note(_ text: StyledText) {
    state.lock()
    add(text)
    state.unlock()
  }

  /// Adds a message. Call it with the lock held.
  private func add(_ text: StyledText) {
    if messages.count >= Self.mostMessages {
      let old = Self.mostMessages / 10
      messages.removeFirst(old)
      omitted += old
    }
    messages.append(text)
    state.signal()
  }

  // MARK: Drawing

  private func draw() {
    Thread.current.name = "display"
    var isOver = false
    while !isOver {
      state.lock()
      if !isStopped, messages.isEmpty {
        _ = state.wait(until: Date(timeIntervalSinceNow: isLive ? Self.liveInterval : Self.lineInterval))
      }
      isOver = isStopped
      for line in flood.take(isOver: isOver, now: Instant.now.monotonic) {
        messages.append("\(line.willRetry ? colors.yellow("retry ") : colors.red("failed")) \(line.text)")
      }
      let (messages, omitted) = (messages, omitted)
      (self.messages, self.omitted) = ([], 0)
      let (start, progress, progressAt) = (opening, progress, progressAt)
      state.unlock()
      var text = clearing()
      if omitted > 0 { text += "(\(omitted) earlier messages are not shown)\n" }
      for message in messages { text += "\(message)\n" }
      if let start, let progress, !isQuiet {
        let news = isOver ? nil : noteStandstill(start)
        if isLive, Console.isForeground {
          let elapsed = progress.elapsed + (isOver ? 0 : Instant.now.monotonic - progressAt)
          let lines = block.lines(
            start, progress, elapsed: elapsed, size: TerminalSize.ofStandardError, notice: notice)
          drawnLines = lines.map { TextWidth.ofStyled($0) }
          for line in lines { text += "\(line)\n" }
        } else if !isLive {
          if let news { text += "\(news)\n" }
          text += line(start, progress, isLast: isOver)
        }
      }
      Console.write(text) { count in
        state.lock()
        taken += count
        state.unlock()
      }
    }
    state.lock()
    hasEnded = true
    state.unlock()
    ends.post([()])
  }

  /// Reports why nothing has changed for a long time, and again each time that duration has doubled.
  ///
  /// - Returns: the sentence if it is new.
  private func noteStandstill(_ start: RunStart) -> StyledText? {
    state.lock()
    let since = changedAt
    let isKnown = notice != nil
    state.unlock()
    let quiet = Double(Instant.now.monotonic - since) / 1000
    guard quiet >= Self.patience, !isKnown || quiet >= 2 * lastQuiet,
      let why = standstill?(start.workflowID)
    else { return nil }
    lastQuiet = quiet
    let sentence: StyledText = "no change for \(SpanText.text(quiet)): \(why.sentence())"
    state.lock()
    if changedAt == since { notice = sentence }
    state.unlock()
    return sentence
  }

  /// Removes the block from the screen. On a terminal that has become narrower, its lines take more rows than when
  /// drawn.
  private func clearing() -> StyledText {
    guard !drawnLines.isEmpty else { return "" }
    defer { drawnLines = [] }
    // In the background the screen belongs to another program.
    guard Console.isForeground else { return "" }
    let columns = max(1, TerminalSize.ofStandardError.columns)
    let rows = drawnLines.reduce(0) { $0 + max(1, ($1 + columns - 1) / columns) }
    return "\r\u{1B}[\(rows)A\u{1B}[J"
  }

  private func line(_ start: RunStart, _ progress: RunProgress, isLast: Bool) -> StyledText {
    guard progress != lastLine, !isLast, Date().timeIntervalSince(lastLineAt) >= Self.lineInterval else {
      return ""
    }
    // The first line follows the first interval: a run that ends earlier needs none.
    defer {
      lastLine = progress
      lastLineAt = Date()
    }
    if lastLine == nil { return "" }
    func sum(_ count: (RunProgress.Counts) -> Int) -> Int { progress.templates.reduce(0) { $0 + count($1) } }
    return "\(SpanText.text(Double(progress.elapsed) / 1000)): \(sum { $0.done })/\(start.tasksTotal) done, "
      + "\(sum { $0.running }) running, \(sum { $0.scheduled }) scheduled, \(sum { $0.pending }) pending, "
      + "\(sum { $0.fatal }) fatal\n"
  }
}
