import Testing

@testable import JobmonCLI

@Suite("control characters on terminals")
struct VisibleTextTests {
  @Test(
    "are shown as cat -v shows them, but for newlines and tabs",
    arguments: [
      ("plain\ttext\n", "plain\ttext\n"), ("\u{1B}[31mred", "^[[31mred"), ("a\0b\r\n", "a^@b^M\n"),
      ("\u{7F}\u{1F}", "^?^_"), ("\u{80}\u{9B}1m\u{9F}", "M-^@M-^[1mM-^_"),
      ("\u{A0}é€🐢 ü", "\u{A0}é€🐢 ü"),
    ])
  func text(text: String, visible: String) { #expect(VisibleText.of(text) == visible) }

  @Test(
    "a character that comes in two pieces stays one; bytes that are none stay, C1 of old terminals excepted")
  func pieces() {
    var text = VisibleText()
    #expect(text.take([0x61, 0xE2, 0x82]) == [0x61])
    #expect(text.take([0xAC, 0xC2]) == [0xE2, 0x82, 0xAC])
    #expect(text.take([0x9B]) == Array("M-^[".utf8))
    #expect(text.take([0xFF, 0x9B, 0xE9, 0x20]) == [0xFF] + Array("M-^[".utf8) + [0xE9, 0x20])
    #expect(text.take([0xC2]) == [])
    #expect(text.end() == [0xC2] && text.end() == [])
  }
}
