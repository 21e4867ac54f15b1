import Foundation
import Testing

@testable import JobmonModel

struct CommandTemplateTests {
  private func render(_ command: String, _ values: [String]) -> String {
    let names = ["a", "b", "c"].prefix(values.count)
    return TaskTemplate(name: "t", commandTemplate: command, nodeArgs: Array(names)).render(values)
  }

  @Test(arguments: [
    ("plain", [], "plain"),
    ("{a}", ["sleep 1"], "sleep 1"),
    ("x {a} y {b} {a}", ["1", "2"], "x 1 y 2 1"),
    ("awk '{{print $1}}' {a}", ["f"], "awk '{print $1}' f"),
    ("{{a}} {a}", ["1"], "{a} 1"),
    ("{{{a}}}", ["1"], "{1}"),
    ("{a}", ["{b}"], "{b}"),
    ("{a:q}", ["it's"], #"'it'\''s'"#),
    ("{a:q}", [""], "''"),
    ("{a:q} {b:q}", ["plain-1.0/x", "a b"], "plain-1.0/x 'a b'"),
    ("é{a}é", ["ü"], "éüé"),
    ("{{\u{301}{a}", ["1"], "{\u{301}1"),
  ])
  func rendersArguments(command: String, values: [String], expected: String) {
    #expect(render(command, values) == expected)
  }

  @Test func quotedTextIsPassedUnchanged() throws {
    var texts = [
      "it's", "'", "''", "a\nb", "$HOME `id` \\", "*", "-n", "'\u{301}; echo broken", "\u{1F600}", "~", "#x",
      "a=b",
    ]
    var random = SplitMix(state: 11)
    let scalars = Array("'\"\\$` \n\tab{}*;&|\u{301}é!".unicodeScalars)
    for _ in 0..<300 {
      var text = String.UnicodeScalarView()
      for _ in 0..<Int.random(in: 0...12, using: &random) {
        text.append(scalars.randomElement(using: &random)!)
      }
      texts.append(String(text))
    }
    // One shell prints all texts, each followed by a NUL.
    let command = "printf '%s\\0' " + texts.map { render("{a:q}", [$0]) }.joined(separator: " ")
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/sh")
    shell.arguments = ["-c", command]
    let output = Pipe()
    shell.standardOutput = output
    try shell.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    shell.waitUntilExit()
    #expect(bytes == Data(texts.flatMap { Array($0.utf8) + [0] }))
  }

  @Test(arguments: [
    (
      "echo }",
      "the command template 'echo }' has a '}' without a '{'; write a literal brace twice"
    ),
    (
      "echo {a",
      "the command template 'echo {a' has a '{' without a '}'; write a literal brace twice"
    ),
    (
      "{1a}",
      "the command template '{1a}' has '{1a}', which is not a valid argument name; write a literal brace twice"
    ),
    (
      "{a:x}",
      "the command template '{a:x}' has '{a:x}', which is not a valid argument name; write a literal brace twice"
    ),
    (
      "${}",
      "the command template '${}' has '{}', which is not a valid argument name; write a literal brace twice"
    ),
  ])
  func refusesInvalidTemplates(command: String, sentence: String) {
    let error = #expect(throws: DefinitionError.self) { try CommandTemplate(command) }
    #expect(error?.message == sentence)
  }

  @Test(arguments: [
    ("echo a bcd;efghi", 5), ("'a b' c", 3), (#""a\"b""#, 3), (#"a\ b c"#, 3), ("", 0), ("x>yy", 2),
  ])
  func measuresTheLongestWord(command: String, bytes: Int) {
    #expect(ShellWord.longest(in: command) == bytes)
  }
}

/// A small random number generator with a seed, so that failures can be reproduced.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
