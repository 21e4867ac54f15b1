import Foundation
import Testing

extension Acceptance {
  /// The live display, on a terminal that `script` makes.
  struct TerminalTests {
    private let workflow = """
      tool: t
      name: night
      workflow_args: x
      default_max_attempts: 1
      task_templates:
        a_template_with_a_rather_long_name: {command_template: "sleep 0.5; echo one {n}", node_args: [n]}
        bad: {command_template: "sleep 0.6; echo the reason >&2; exit 7"}
      tasks:
        - {template: a_template_with_a_rather_long_name, for_each: {n: {range: [1, 4]}}}
        - {template: bad}
      """

    /// What a terminal of this width was sent.
    private func screen(_ width: Int, environment: [String: String] = [:]) throws -> (Int32, String) {
      let sandbox = try Sandbox()
      let file = try sandbox.write("workflow.yaml", workflow)
      sandbox.environment["NO_COLOR"] = nil
      let command = "stty cols \(width) rows 30; exec \(Sandbox.programs)/jobmon run \(file)"
      let ended = try sandbox.start(
        ["script", "-qefc", command, "/dev/null"], environment: ["TERM": "xterm"].merging(environment) { $1 }
      ).wait()
      return (ended.status, ended.stdout)
    }

    private static var escape: Regex<Substring> { /\u{1b}\[[0-9;?]*[A-Za-z]/ }

    @Test func aRowPerTemplateThenTheSummary() throws {
      let (status, text) = try screen(120)
      #expect(status == 1)
      #expect(text.contains("\u{1b}["))  // it is drawn in place
      let plain = text.replacing(Self.escape, with: "")
      #expect(plain.contains("a_template_with_a_rather "))
      #expect(plain.contains("the reason"))
      #expect(plain.contains("exit code 7"))
      let last = plain.split(whereSeparator: \.isNewline).suffix(8).joined(separator: "\n")
      #expect(last.contains("--resume"), "\(last)")
    }

    @Test func nothingIsWiderThanANarrowTerminal() throws {
      let (_, text) = try screen(40)
      // What is drawn in place has to fit: a line that wraps is never erased again.
      let lines = text.replacing(Self.escape, with: "").split(whereSeparator: \.isNewline)
      let drawn = lines.filter { $0.contains("] ") || $0.contains("/5 tasks") }
      #expect(drawn.contains { $0.contains("2 running") }, "\(drawn)")
      for line in drawn { #expect(line.count < 40, "\(line)") }
    }

    @Test func withoutColoursThereAreNone() throws {
      let (_, text) = try screen(100, environment: ["NO_COLOR": "1"])
      #expect(text.firstMatch(of: /\u{1b}\[[0-9;]*m/) == nil)
    }
  }
}
