import JobmonCore
import OSText

/// The block that shows a run's progress: one row per template, then the totals.
struct LiveBlock {
  let colors: Colors
  private var rates: [RateEstimate] = []
  private var total = RateEstimate()

  init(colors: Colors) { self.colors = colors }

  /// The lines, each narrower than the terminal.
  ///
  /// - Parameters:
  ///   - elapsed: milliseconds since the run began.
  ///   - notice: an additional line, such as why nothing changes.
  mutating func lines(
    _ start: RunStart, _ progress: RunProgress, elapsed: Int64, size: TerminalSize, notice: StyledText? = nil
  ) -> [StyledText] {
    note(progress, elapsed)
    var rows = progress.templates.indices.filter { progress.templates[$0].total > 0 }
    // Two lines for the totals and a notice, one for the cursor.
    let most = max(1, size.rows - 4)
    let hidden = max(0, rows.count - most)
    if hidden > 0 {
      // Active templates are chosen first, and shown in the order of the file.
      let weight = { (index: Int) in Self.weight(progress.templates[index]) }
      rows = rows.sorted { (weight($1), $0) < (weight($0), $1) }.prefix(most).sorted()
    }
    let width = size.columns - 1
    let longest = rows.map { TextWidth.of(VisibleText.line(start.templates[$0])) }.max() ?? 0
    let names = min(longest, max(8, min(28, width / 4)))
    let numbers =
      rows.map { index in
        "\(progress.templates[index].done)/\(progress.templates[index].total)".count
      }.max() ?? 0
    // All bars have the same length and leave room for the text after them.
    let bar = max(6, min(24, width - names - numbers - Self.wordsWidth))
    var lines = rows.map {
      row($0, start, progress, Widths(names: names, numbers: numbers, bar: bar, line: width))
    }
    if hidden > 0 {
      lines.append(
        colors.faint(Self.line("and \(CountText.of(hidden, "more template"))", width)))
    }
    lines.append(colors.bold(Self.line(footer(start, progress, elapsed), width)))
    if let notice { lines.append(colors.yellow(Self.line(notice.raw, width))) }
    return lines
  }

  /// Columns reserved for the text around a row's bar and after it.
  private static let wordsWidth = 44

  /// Widths of the parts of a row, in columns.
  private struct Widths {
    var names: Int
    var numbers: Int
    var bar: Int
    var line: Int
  }

  /// Rank for the choice of rows: active, then failed, then waiting, then finished.
  private static func weight(_ counts: RunProgress.Counts) -> Int {
    counts.running + counts.scheduled > 0 ? 3 : counts.fatal > 0 ? 2 : counts.pending > 0 ? 1 : 0
  }

  private mutating func note(_ progress: RunProgress, _ elapsed: Int64) {
    if rates.count != progress.templates.count {
      rates = Array(repeating: RateEstimate(), count: progress.templates.count)
    }
    for index in rates.indices { rates[index].note(done: progress.templates[index].done, elapsed: elapsed) }
    total.note(done: progress.templates.reduce(0) { $0 + $1.done }, elapsed: elapsed)
  }

  private func row(_ index: Int, _ start: RunStart, _ progress: RunProgress, _ widths: Widths)
    -> StyledText
  {
    let counts = progress.templates[index]
    let name = TextWidth.padded(
      TextWidth.cut(VisibleText.line(start.templates[index]), to: widths.names), to: widths.names)
    let number = TextWidth.padded("\(counts.done)/\(counts.total)", to: widths.numbers, right: true)
    var parts: [String] = []
    if counts.running > 0 { parts.append("\(counts.running) running") }
    if counts.fatal > 0 { parts.append("\(counts.fatal) fatal") }
    if counts.scheduled > 0 { parts.append("\(counts.scheduled) scheduled") }
    if counts.pending > 0 { parts.append("\(counts.pending) pending") }
    if let rate = rates[index].perSecond, counts.done + counts.fatal < counts.total {
      parts.append(Self.text(rate: rate))
    }
    if let failed = blocker(index, progress) {
      parts.append("cannot start: \(failed) failed")
    } else if let left = remaining(index, progress) {
      parts.append("~\(SpanText.text(left)) left")
    }
    if let limit = limit(index, progress) { parts.append(limit) }
    let words = parts.joined(separator: ", ")
    let filled = counts.total == 0 ? 0 : counts.done * widths.bar / counts.total
    let failed = counts.fatal == 0 ? 0 : max(1, counts.fatal * widths.bar / counts.total)
    let drawn = TextWidth.padded(
      String(repeating: "=", count: min(filled, widths.bar - failed)) + String(repeating: "x", count: failed),
      to: widths.bar)
    let percent = TextWidth.padded(
      "\(counts.total == 0 ? 0 : counts.done * 100 / counts.total)%", to: 4, right: true)
    let (mark, paint) = state(counts)
    return paint(
      Self.line(
        "\(mark) \(name) [\(drawn)]\(percent) \(number)" + (words.isEmpty ? "" : "  \(words)"), widths.line))
  }

  /// The mark and the colour of a row: failed, done, active, waiting.
  private func state(_ counts: RunProgress.Counts) -> (String, (StyledText) -> StyledText) {
    if counts.fatal > 0 { return ("!", colors.red) }
    if counts.done == counts.total { return ("+", colors.green) }
    if counts.running + counts.scheduled > 0 { return (">", { $0 }) }
    return (" ", colors.faint)
  }

  /// What prevents more of a template's tasks from starting, as far as the counts show.
  private func limit(_ index: Int, _ progress: RunProgress) -> String? {
    let counts = progress.templates[index]
    guard counts.pending > 0, index < progress.templateLimits.count,
      let limit = progress.templateLimits[index],
      counts.running + counts.scheduled >= limit
    else { return nil }
    return limit == 0 ? "paused" : "limit \(limit)"
  }

  /// The number of a template's tasks that can no longer run.
  private static func blocked(_ index: Int, _ progress: RunProgress) -> Int {
    index < progress.blocked.count ? progress.blocked[index]?.count ?? 0 : 0
  }

  /// The name of a failed task that all pending tasks of a template depend on; nil if any of them can run.
  private func blocker(_ index: Int, _ progress: RunProgress) -> String? {
    let pending = progress.templates[index].pending
    guard pending > 0, Self.blocked(index, progress) == pending else { return nil }
    return progress.blocked[index]?.name
  }

  /// Seconds until a template's tasks are done: from the completion rate, else from the tasks' runtimes.
  private func remaining(_ index: Int, _ progress: RunProgress) -> Double? {
    let counts = progress.templates[index]
    let pending = counts.pending - Self.blocked(index, progress)
    let left = pending + counts.scheduled + counts.running
    guard left > 0, counts.running > 0 else { return nil }
    if let rate = rates[index].perSecond, rates[index].seen >= 20 { return Double(left) / rate }
    if index < progress.runtimes.count, let runtime = progress.runtimes[index] {
      // On average, running tasks are half done.
      let work = Double(pending + counts.scheduled) + Double(counts.running) / 2
      return max(Double(runtime) / 2, Double(runtime) * work / Double(counts.running))
    }
    return rates[index].perSecond.map { Double(left) / $0 }
  }

  private func footer(_ start: RunStart, _ progress: RunProgress, _ elapsed: Int64) -> String {
    func sum(_ count: (RunProgress.Counts) -> Int) -> Int { progress.templates.reduce(0) { $0 + count($1) } }
    let left = sum { $0.pending + $0.scheduled + $0.running }
    let active = sum { $0.scheduled + $0.running }
    let done = sum { $0.done }
    let percent = start.tasksTotal == 0 ? 0 : done * 100 / start.tasksTotal
    var text =
      "\(done)/\(CountText.of(start.tasksTotal, "task")) (\(percent)%), \(SpanText.text(Double(elapsed) / 1000))"
    if let rate = total.perSecond { text += ", " + Self.text(rate: rate) }
    // Tasks that cannot run in this run are not counted.
    let able = left - progress.templates.indices.reduce(0) { $0 + Self.blocked($1, progress) }
    if able > 0, let seconds = remaining(progress, left: able, running: sum { $0.running }) {
      text += ", ~\(SpanText.text(seconds)) left"
    }
    if progress.retries > 0 { text += ", " + CountText.of(progress.retries, "retry", plural: "retries") }
    if left > active, let limit = progress.workflowLimit, active >= limit {
      text += limit == 0 ? ", paused (limit 0)" : ", at the workflow's limit of \(limit)"
    }
    return text
  }

  /// Seconds until all tasks are done; nil if too little is known.
  private func remaining(_ progress: RunProgress, left: Int, running: Int) -> Double? {
    if let rate = total.perSecond, total.seen >= 20 { return Double(left) / rate }
    var work = 0.0
    for (index, counts) in progress.templates.enumerated() {
      let pending = counts.pending - Self.blocked(index, progress)
      let open = Double(pending + counts.scheduled) + Double(counts.running) / 2
      if open == 0 { continue }
      guard index < progress.runtimes.count, let runtime = progress.runtimes[index] else {
        return total.perSecond.map { Double(left) / $0 }
      }
      work += open * Double(runtime)
    }
    return running > 0 ? work / Double(running) : nil
  }

  private static func text(rate: Double) -> String {
    rate >= 1 ? "\(Int(rate.rounded()))/s" : "\((rate * 600).rounded() / 10)/min"
  }

  /// A line cut to the terminal's width. It is cut after control characters are made visible, because that makes it
  /// longer.
  private static func line(_ text: String, _ width: Int) -> StyledText {
    StyledText(TextWidth.prefix(VisibleText.line(text), max(1, width)))
  }
}
