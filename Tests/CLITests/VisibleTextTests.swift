import OSText
import Testing

@testable import JobmonCLI

@Suite("Text that is safe to print")
struct VisibleTextTests {
  @Test(
    "control characters except newlines and tabs are shown as by cat -v",
    arguments: [
      ("plain\ttext\n", "plain\ttext\n"), ("\u{1B}[31mred", "^[[31mred"), ("a\0b\r\n", "a^@b^M\n"),
      ("\u{7F}\u{1F}", "^?^_"), ("\u{80}\u{9B}1m\u{9F}", "M-^@M-^[1mM-^_"),
      ("\u{A0}é€🐢 ü", "\u{A0}é€🐢 ü"),
    ])
  func text(text: String, visible: String) { #expect(VisibleText.of(text) == visible) }

  @Test(
    "invisible characters that change how other text looks are shown by their numbers",
    arguments: [
      ("a\u{202E}cod.exe", "a<U+202E>cod.exe"), ("\u{2066}x\u{2069}", "<U+2066>x<U+2069>"),
      ("\u{200E}\u{200F}\u{61C}", "<U+200E><U+200F><U+061C>"), ("a\u{2028}b\u{2029}", "a<U+2028>b<U+2029>"),
      ("\u{FEFF}a\u{200B}b\u{AD}", "<U+FEFF>a<U+200B>b<U+00AD>"), ("\u{E0041}", "<U+E0041>"),
      // Joiners are part of scripts and emoji.
      ("می\u{200C}خواهم 👨\u{200D}👩", "می\u{200C}خواهم 👨\u{200D}👩"),
    ])
  func hidden(text: String, visible: String) { #expect(VisibleText.of(text) == visible) }

  @Test("a text within a line cannot begin a new line")
  func line() {
    #expect(VisibleText.line("a\nDONE\tb\r\n") == "a^JDONE\tb^M^J")
    let text = "a\n\u{1B}[2J"
    #expect(StyledText(text).raw == "a^J^[[2J")
    #expect(StyledText(lines: text).raw == "a\n^[[2J")
  }

  @Test("a character that arrives in pieces is kept, and invalid bytes are kept except C1 controls")
  func pieces() {
    var text = VisibleText()
    #expect(text.take([0x61, 0xE2, 0x82]) == [0x61])
    #expect(text.take([0xAC, 0xC2]) == [0xE2, 0x82, 0xAC])
    #expect(text.take([0x9B]) == Array("M-^[".utf8))
    #expect(text.take([0xFF, 0x9B, 0xE9, 0x20]) == [0xFF] + Array("M-^[".utf8) + [0xE9, 0x20])
    #expect(text.take([0xC2]) == [])
    #expect(text.end() == [0xC2] && text.end() == [])
  }

  @Test("no byte that an old terminal reads as a C1 control is left outside of a character")
  func bytes() {
    let texts: [[UInt8]] = [
      [0x9B], [0xC0, 0x9B], [0xE0, 0x82, 0x9B], [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x82, 0x9B],
      [0xF4, 0x90, 0x80, 0x80],
      [0xE2, 0x80], [0xFF, 0x80, 0xAE],
    ]
    for text in texts {
      var visible = VisibleText()
      let bytes = visible.take(text) + visible.end()
      #expect(!bytes.contains { (0x80..<0xA0).contains($0) }, "\(text): \(bytes)")
    }
  }

  @Test("colours are kept if requested, other escape sequences are not, and colours end with the text")
  func colours() {
    var text = VisibleText(keepsColours: true)
    func take(_ part: String) -> String { String(decoding: text.take(Array(part.utf8)), as: UTF8.self) }
    #expect(
      take("\u{1B}[1;38:5:7mred\u{1B}[0m \u{1B}[2J\u{1B}]0;t\u{7}")
        == "\u{1B}[1;38:5:7mred\u{1B}[0m ^[[2J^[]0;t^G")
    #expect(take("a\u{1B}") == "a" && take("[3") == "" && take("1mb\u{1B}[3") == "\u{1B}[31mb")
    #expect(text.end() == Array("^[[3\u{1B}[0m".utf8))
    #expect(take("\u{1B}[" + String(repeating: "1", count: 100) + "m").hasPrefix("^[[111"))
    #expect(text.end() == [])
  }

  @Test("escaped JSON has the same values")
  func json() {
    #expect(
      VisibleText.json("{\"a\u{9B}\u{7F}\":\"\u{202E}é\u{FEFF}🐢\"}")
        == "{\"a\\u009B\\u007F\":\"\\u202Eé\\uFEFF🐢\"}")
  }

  @Test("escape sequences in styled text are made visible")
  func styling() {
    let colors = Colors(setting: "always", terminal: true)
    let (clears, begins) = ("\u{1B}[2J", "\u{9B}")
    #expect(colors.red("a \(clears)").raw == "\u{1B}[31ma ^[[2J\u{1B}[0m")
    #expect(
      [colors.bold("x"), StyledText(begins)].joined(separator: ", ").raw == "\u{1B}[1mx\u{1B}[0m, M-^[")
  }
}
