import Foundation
import Testing

extension Acceptance {
  /// The checked-in help of every command. `JOBMON_WRITE_GOLDEN=1` writes it.
  struct HelpGoldenTests {
    private static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../CLITests/Golden/help.txt").standardizedFileURL

    @Test("the help of every command matches the golden file and fits 80 columns")
    func help() throws {
      let sandbox = try Sandbox()
      func text(_ words: [String]) throws -> String {
        let help = try sandbox.start(
          ["\(Sandbox.programs)/jobmon"] + words + ["--help"], environment: ["COLUMNS": "80"]
        ).wait()
        #expect(help.status == 0, "\(words): \(help)")
        return "# jobmon \(words.joined(separator: " "))\n\n\(help.stdout)"
      }
      var pages = [try text([])]
      for name in ["run", "resume", "init", "bind", "import", "export", "schema", "version"] {
        pages.append(try text([name]))
      }
      for group in ["workflow", "workflow resources", "task", "cluster", "db", "config"] {
        let words = group.split(separator: " ").map(String.init)
        let page = try text(words)
        pages.append(page)
        // The names of the commands are in the first column, after the options.
        let lines = page.split(separator: "\n").drop { !$0.hasSuffix("SUBCOMMANDS:") }
        let names = lines.filter { $0.hasPrefix("  ") && $0.dropFirst(2).first?.isLowercase == true }
          .compactMap { $0.split(whereSeparator: { " ,".contains($0) }).first.map(String.init) }
        #expect(names.count >= 2, "\(group)")
        for name in names where name != "resources" { pages.append(try text(words + [name])) }
      }
      let all = pages.joined(separator: "\n")
      // The argument parser writes the usage as one line that the terminal wraps.
      for line in all.split(separator: "\n") where !line.hasPrefix("USAGE: ") {
        #expect(line.count <= 80, "\(line)")
      }
      if ProcessInfo.processInfo.environment["JOBMON_WRITE_GOLDEN"] == "1" {
        try FileManager.default.createDirectory(
          at: Self.file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try all.write(to: Self.file, atomically: true, encoding: .utf8)
      }
      let kept = try String(contentsOf: Self.file, encoding: .utf8)
      let (now, before) = (all.split(separator: "\n"), kept.split(separator: "\n"))
      let difference = zip(now, before).first { $0 != $1 }
      #expect(
        now == before,
        "JOBMON_WRITE_GOLDEN=1 writes it; the first difference: \(difference.map { "\($0)" } ?? "its length")"
      )
    }
  }
}
