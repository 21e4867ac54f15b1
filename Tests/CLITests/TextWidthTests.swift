import JobmonCore
import Testing

@testable import JobmonCLI

@Suite("Texts and tables that fit a terminal")
struct TextWidthTests {
  @Test(
    "the width of a text is its number of terminal columns",
    arguments: [
      ("plain", 5), ("é", 1), ("e\u{301}", 1), ("语言", 4), ("ｆ", 2), ("👨\u{200D}👩", 2), ("❤\u{FE0F}", 2),
      ("", 0),
      ("한글", 4), ("…", 1),
    ])
  func width(text: String, columns: Int) { #expect(TextWidth.of(text) == columns) }

  @Test(
    "long texts are cut in the middle",
    arguments: [
      ("process_113", 11, "process_113"), ("process_113", 10, "proce…_113"), ("process_113", 2, "p…"),
      ("process_113", 1, "…"), ("process_113", 0, ""), ("语言测试", 5, "语…试"), ("语言测试", 4, "语…"),
    ])
  func cut(text: String, width: Int, expected: String) {
    #expect(TextWidth.cut(text, to: width) == expected)
    #expect(TextWidth.of(TextWidth.cut(text, to: width)) <= width)
  }

  private func columns(_ widths: [(String, Int, Bool)]) -> [TableLayout.Column] {
    widths.map { name, width, isText in
      var column = TableLayout.Column(name: name, isNumeric: !isText)
      column.width = width
      column.isText = isText
      return column
    }
  }

  @Test(
    "texts shrink first, then columns are removed in order, then texts shrink again, and column names stay whole"
  )
  func layout() {
    let table = columns([("ID", 4, false), ("NAME", 50, true), ("NODE", 30, true), ("MEMORY", 10, false)])
    func fit(_ width: Int) -> [Int?] {
      TableLayout(width: width, hasLocalTimes: false).fit(table, givingWay: ["MEMORY", "NODE"], main: nil)
    }
    #expect(fit(200) == [4, 50, 30, 10])
    #expect(fit(60).map { $0 ?? 0 }.reduce(6, +) == 60 && !fit(60).contains(nil))
    #expect(fit(45) == [4, 18, 19, nil], "the room of the column that is left out is used")
    #expect(fit(30)[2] == nil && fit(30)[1]! >= 16)
    #expect(fit(14) == [4, 8, nil, nil])
    #expect(TableLayout.free.fit(table, givingWay: ["MEMORY"], main: nil) == [4, 50, 30, 10])
  }

  @Test("similar failures are shown one by one at first, then counted")
  func flood() {
    var flood = FailureFlood()
    func failure(_ number: Int, _ reason: String) -> FailedTask {
      FailedTask(
        taskID: TaskID(number), name: "align_\(number)", attempts: 1, reason: reason, cause: "exit",
        exitCode: 1, signal: nil, stdout: nil, stderr: nil, stderrTail: nil)
    }
    let shown = (1...100).filter {
      flood.letsThrough(failure($0, "exit code 1 after \($0) s"), willRetry: false)
    }
    #expect(shown == [1, 2, 3])
    let another = flood.letsThrough(failure(101, "killed by signal"), willRetry: false)
    let retry = flood.letsThrough(failure(102, "exit code 1 after 2 s"), willRetry: true)
    #expect(another && retry, "they are failures of other kinds")
    let lines = flood.take(isOver: false, now: 100_000)
    #expect(lines.count == 1 && lines[0].text.raw.contains("97 more tasks"), "\(lines)")
    #expect(lines[0].text.raw.contains("align_100"))
    let none = flood.take(isOver: true, now: 100_001)
    let isShown = flood.letsThrough(failure(103, "exit code 1 after 9 s"), willRetry: false)
    let early = flood.take(isOver: false, now: 100_002)
    let last = flood.take(isOver: true, now: 100_003)
    #expect(none.isEmpty && !isShown && early.isEmpty, "not before the pause is over")
    #expect(last.first?.text.raw.contains("1 more task ") == true)
  }
}
