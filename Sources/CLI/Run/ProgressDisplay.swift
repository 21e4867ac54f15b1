import Foundation
import JobmonCore

/// Shows how a run goes: a live block on a terminal, a line now and then elsewhere. The driver's calls only note what
/// there is to show; a thread of its own draws it.
final class ProgressDisplay: RunObserver, @unchecked Sendable {
  /// Seconds between two drawings of the live block, and between two lines where there is no terminal.
  private static let liveInterval = 0.15
  private static let lineInterval = 5.0

  let colors: Colors
  private let isLive: Bool
  private let isQuiet: Bool
  private let isVerbose: Bool
  private let events: EventWriter?
  private let resumeCommand: @Sendable (WorkflowID) -> String
  private let state = NSCondition()
  private var opening: RunStart?
  private var progress: RunProgress?
  private var messages: [String] = []
  private var isStopped = false
  private var hasEnded = true
  /// Lines of the live block on the screen now.
  private var drawnLines = 0
  private var lastLine: RunProgress?
  private var lastLineAt = Date.distantPast
  private var estimate = RateEstimate()

  init(
    isLive: Bool, isQuiet: Bool, isVerbose: Bool, colors: Colors, events: EventWriter?,
    resumeCommand: @escaping @Sendable (WorkflowID) -> String
  ) {
    self.resumeCommand = resumeCommand
    self.isLive = isLive
    self.isQuiet = isQuiet
    self.isVerbose = isVerbose
    self.colors = colors
    self.events = events
  }

  var wantsEvents: Bool { events != nil || isVerbose }

  func start() {
    hasEnded = false
    let thread = Thread { [self] in draw() }
    thread.name = "display"
    thread.start()
  }

  /// Draws what is left to draw, and returns when that is done.
  func stop() {
    state.lock()
    isStopped = true
    state.broadcast()
    while !hasEnded { state.wait() }
    state.unlock()
  }

  // MARK: What the driver says

  func began(_ start: RunStart) {
    state.lock()
    opening = start
    let before = start.tasksPreviouslyDone > 0 ? ", \(start.tasksPreviouslyDone) done before" : ""
    messages.append(
      "workflow \(start.workflowID) (\(start.name)), run \(start.workflowRunID): \(start.tasksTotal) tasks\(before)"
    )
    state.signal()
    state.unlock()
  }

  func progressed(_ progress: RunProgress) {
    state.lock()
    self.progress = progress
    state.unlock()
  }

  func failed(_ task: FailedTask, attempt: Int, willRetry: Bool) {
    if isQuiet { return }
    let head = willRetry ? colors.yellow("retry ") : colors.red("failed")
    var lines = ["\(head) \(task.name) (task \(task.taskID), attempt \(attempt)): \(task.reason)"]
    if let tail = task.stderrTail, !tail.isEmpty {
      lines += tail.split(separator: "\n").suffix(5).map { "       | \($0)" }
    }
    if let path = task.stderr { lines.append("       \(colors.faint(path))") }
    note(lines.joined(separator: "\n"))
  }

  func changed(_ events: [StatusEvent]) {
    self.events?.write(events)
    guard isVerbose else { return }
    let lines = events.filter { $0.kind == .task }.map { event in
      let node = event.node.map { " on \($0)" } ?? ""
      return colors.faint(
        "\(event.taskName ?? "task \(event.id)"): \(event.from ?? "-") -> \(event.to)\(node)")
    }
    if !lines.isEmpty { note(lines.joined(separator: "\n")) }
  }

  func noticed(_ text: String) { note(text) }

  func interrupted(running tasks: [String], again: Bool) {
    state.lock()
    let id = opening?.workflowID
    state.unlock()
    var lines = [
      again
        ? "interrupted again: leaving at once" : "interrupted: starting nothing new; once more leaves at once"
    ]
    if !tasks.isEmpty {
      let more = tasks.count > 5 ? ", …" : ""
      lines.append("  still running: \(tasks.prefix(5).joined(separator: ", "))\(more) (\(tasks.count))")
    }
    if let id { lines.append("  to resume: \(resumeCommand(id))") }
    note(lines.joined(separator: "\n"))
  }

  private func note(_ text: String) {
    state.lock()
    messages.append(text)
    state.signal()
    state.unlock()
  }

  // MARK: Drawing

  private func draw() {
    var isOver = false
    while !isOver {
      state.lock()
      if !isStopped, messages.isEmpty {
        _ = state.wait(until: Date(timeIntervalSinceNow: isLive ? Self.liveInterval : Self.lineInterval))
      }
      isOver = isStopped
      let messages = messages
      self.messages = []
      let (start, progress) = (opening, progress)
      state.unlock()
      var text = clearing()
      for message in messages { text += message + "\n" }
      if let start, let progress, !isQuiet {
        if isLive {
          text += block(start, progress)
        } else {
          text += line(start, progress, isLast: isOver)
        }
      }
      if !text.isEmpty { FileHandle.standardError.write(Data(text.utf8)) }
    }
    state.lock()
    hasEnded = true
    state.broadcast()
    state.unlock()
  }

  /// Takes the block off the screen.
  private func clearing() -> String {
    guard drawnLines > 0 else { return "" }
    defer { drawnLines = 0 }
    return "\r\u{1B}[\(drawnLines)A\u{1B}[J"
  }

  private func block(_ start: RunStart, _ progress: RunProgress) -> String {
    let size = TerminalSize.ofStandardError
    var rows = zip(start.templates, progress.templates).filter { $0.1.total > 0 }
    let most = max(1, size.rows - 3)
    let hidden = rows.count - most
    if hidden > 0 {
      rows = Array(rows.sorted { $0.1.running + $0.1.scheduled > $1.1.running + $1.1.scheduled }.prefix(most))
    }
    let nameWidth = min(24, max(8, size.columns / 4), max(8, rows.map(\.0.count).max() ?? 8))
    let barWidth = max(6, min(28, size.columns - nameWidth - 52))
    var lines = rows.map { name, counts in row(name, counts, nameWidth, barWidth, size.columns) }
    if hidden > 0 { lines.append(colors.faint("and \(hidden) more templates")) }
    lines.append(footer(start, progress, size.columns))
    drawnLines = lines.count
    return lines.map { $0 + "\n" }.joined()
  }

  private func row(
    _ name: String, _ counts: RunProgress.Counts, _ nameWidth: Int, _ barWidth: Int, _ columns: Int
  )
    -> String
  {
    let filled = counts.total == 0 ? 0 : counts.done * barWidth / counts.total
    let bar = String(repeating: "=", count: filled) + String(repeating: " ", count: barWidth - filled)
    var text = name.prefix(nameWidth) + String(repeating: " ", count: max(0, nameWidth - name.count))
    text += " [\(bar)] \(counts.done)/\(counts.total)"
    var parts: [String] = []
    if counts.running > 0 { parts.append("\(counts.running) running") }
    if counts.fatal > 0 { parts.append("\(counts.fatal) fatal") }
    if counts.scheduled > 0 { parts.append("\(counts.scheduled) scheduled") }
    if counts.pending > 0 { parts.append("\(counts.pending) pending") }
    let plain = String((text + "  " + parts.joined(separator: ", ")).prefix(max(20, columns - 1)))
    return counts.fatal > 0 ? colors.red(plain) : counts.done == counts.total ? colors.green(plain) : plain
  }

  private func footer(_ start: RunStart, _ progress: RunProgress, _ columns: Int) -> String {
    let done = progress.templates.reduce(0) { $0 + $1.done }
    let left = progress.templates.reduce(0) { $0 + $1.pending + $1.scheduled + $1.running }
    estimate.note(done: done, elapsed: progress.elapsed)
    var text = "\(done)/\(start.tasksTotal) tasks, \(Duration.text(Double(progress.elapsed) / 1000))"
    if let rate = estimate.perSecond {
      text += rate >= 1 ? String(format: ", %.0f/s", rate) : String(format: ", %.1f/min", rate * 60)
      if rate > 0, left > 0 { text += ", about \(Duration.text(Double(left) / rate)) left" }
    }
    if progress.retries > 0 { text += ", \(progress.retries) retries" }
    return colors.bold(String(text.prefix(max(20, columns - 1))))
  }

  private func line(_ start: RunStart, _ progress: RunProgress, isLast: Bool) -> String {
    guard progress != lastLine, !isLast, Date().timeIntervalSince(lastLineAt) >= Self.lineInterval else {
      return ""
    }
    // The first line comes after the first interval: a run that is over by then needs none.
    defer {
      lastLine = progress
      lastLineAt = Date()
    }
    if lastLine == nil { return "" }
    func sum(_ count: (RunProgress.Counts) -> Int) -> Int { progress.templates.reduce(0) { $0 + count($1) } }
    return "\(Duration.text(Double(progress.elapsed) / 1000)): \(sum { $0.done })/\(start.tasksTotal) done, "
      + "\(sum { $0.running }) running, \(sum { $0.scheduled }) scheduled, \(sum { $0.pending }) pending, "
      + "\(sum { $0.fatal }) fatal\n"
  }
}

/// Tasks per second, as of the last half minute.
struct RateEstimate {
  private static let window: Int64 = 30_000
  private var marks: [(elapsed: Int64, done: Int)] = []

  mutating func note(done: Int, elapsed: Int64) {
    if let last = marks.last, elapsed - last.elapsed < 500 { return }
    marks.append((elapsed, done))
    while marks.count > 2, elapsed - marks[0].elapsed > Self.window { marks.removeFirst() }
  }

  var perSecond: Double? {
    guard let first = marks.first, let last = marks.last, last.elapsed - first.elapsed >= 1000,
      last.done > first.done
    else { return nil }
    return Double(last.done - first.done) * 1000 / Double(last.elapsed - first.elapsed)
  }
}

struct TerminalSize {
  var columns: Int
  var rows: Int

  static var ofStandardError: TerminalSize {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
      return TerminalSize(columns: 80, rows: 24)
    }
    return TerminalSize(columns: Int(size.ws_col), rows: Int(size.ws_row))
  }
}
