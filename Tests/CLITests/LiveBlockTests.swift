import JobmonCore
import Testing

@testable import JobmonCLI

@Suite("The live block")
struct LiveBlockTests {
  private let start = RunStart(
    workflowID: 1, workflowRunID: 1, name: "n", workflowArgs: "x", tasksTotal: 210, tasksPreviouslyDone: 0,
    templates: ["align", "merge", "a_template_with_a_very_long_name_that_goes_on"], folder: "/tmp")

  private func progress(done: Int) -> RunProgress {
    var align = RunProgress.Counts()
    (align.done, align.running, align.pending) = (done, 4, 196 - done)
    var merge = RunProgress.Counts()
    (merge.pending, merge.fatal) = (9, 1)
    var progress = RunProgress(templates: [align, merge, RunProgress.Counts()], retries: 2, elapsed: 0)
    progress.runtimes = [60, nil, nil]
    progress.templateLimits = [4, nil, nil]
    progress.workflowLimit = 100
    return progress
  }

  private func lines(_ columns: Int, rows: Int = 24) -> [String] {
    var block = LiveBlock(colors: Colors(setting: "never", terminal: false))
    _ = block.lines(
      start, progress(done: 0), elapsed: 0, size: TerminalSize(columns: columns, rows: rows))
    return block.lines(
      start, progress(done: 30), elapsed: 10_000, size: TerminalSize(columns: columns, rows: rows),
      notice: "nothing has changed"
    ).map(\.raw)
  }

  @Test("shows counts, rate, remaining time and limits")
  func wide() {
    let lines = lines(160)
    #expect(lines.count == 4, "a template without tasks has no row: \(lines)")
    for words in ["30/200", "4 running", "166 pending", "3/s", "left", "limit 4"] {
      #expect(lines[0].contains(words), "\(words): \(lines[0])")
    }
    #expect(lines[1].contains("1 fatal") && lines[1].contains("x"), "\(lines[1])")
    #expect(lines[2].contains("30/210 tasks") && lines[2].contains("2 retries"), "\(lines[2])")
    #expect(lines[3] == "nothing has changed")
  }

  @Test(
    "bars have equal lengths, states have marks, percentages are whole, and long names are cut in the middle")
  func shape() {
    let rows = lines(100).prefix(2)
    let bars = rows.map { row in row.split(separator: "[")[1].split(separator: "]")[0].count }
    #expect(Set(bars).count == 1, "\(rows)")
    #expect(
      Set(rows.map { row in row.distance(from: row.startIndex, to: row.firstIndex(of: "[")!) }).count == 1)
    #expect(rows[0].hasPrefix("> align") && rows[0].contains("] 15% "), "\(rows[0])")
    #expect(rows[1].hasPrefix("! merge") && rows[1].contains("]  0% "), "\(rows[1])")
    var align = RunProgress.Counts()
    align.done = 4
    var long = RunProgress.Counts()
    long.pending = 2
    var block = LiveBlock(colors: Colors(setting: "never", terminal: false))
    let drawn = block.lines(
      start, RunProgress(templates: [align, RunProgress.Counts(), long], retries: 1, elapsed: 0), elapsed: 0,
      size: TerminalSize(columns: 80, rows: 24)
    ).map(\.raw)
    #expect(drawn[0].hasPrefix("+ align") && drawn[0].contains("]100% 4/4"), "\(drawn)")
    #expect(drawn[1].hasPrefix("  a_templat…t_goes_on ["), "\(drawn)")
    #expect(drawn[2].hasSuffix(", 1 retry"), "\(drawn)")
  }

  @Test("is never wider than the terminal", arguments: [20, 40, 60, 80, 200])
  func narrow(columns: Int) {
    for line in lines(columns) { #expect(line.count < columns, "\(line)") }
  }

  @Test("is shortened on a terminal with few rows")
  func low() {
    let lines = lines(80, rows: 5)
    #expect(lines.count == 4 && lines[1].contains("and 1 more template"), "\(lines)")
  }

  @Test(
    "names the failed task if it blocks all pending tasks of a template, and shows no remaining time there")
  func blocked() {
    var progress = progress(done: 0)
    progress.blocked = [RunProgress.Blocked(count: 98, by: 3), RunProgress.Blocked(count: 9, by: 5), nil]
    progress.blocked[1]?.name = "process_113"
    var block = LiveBlock(colors: Colors(setting: "never", terminal: false))
    let lines = block.lines(start, progress, elapsed: 100, size: TerminalSize(columns: 160, rows: 24))
      .map(\.raw)
    // 98 tasks wait and can run, 4 are half done, 60 s each, 4 at a time.
    #expect(lines[0].contains("~25 min 0 s left") && !lines[0].contains("cannot start"), "\(lines[0])")
    #expect(
      lines[1].contains("9 pending, cannot start: process_113 failed") && !lines[1].contains("left"),
      "\(lines[1])")
    #expect(lines[2].contains("~25 min 0 s left"), "\(lines[2])")
  }

  @Test("without a rate, the runtimes of earlier runs give the remaining time")
  func history() {
    var block = LiveBlock(colors: Colors(setting: "never", terminal: false))
    let lines = block.lines(
      start, progress(done: 0), elapsed: 100, size: TerminalSize(columns: 160, rows: 24))
    // 196 tasks wait and 4 are half done, 60 s each, 4 at a time.
    #expect(lines[0].raw.contains("~49 min 30 s left"), "\(lines[0])")
  }
}
