import Foundation
import OSText
import Testing

@testable import JobmonModel

/// Bytes are converted to text and back without loss, whatever they are.
@Suite struct OSTextTests {
  private func text(_ bytes: [UInt8]) -> String { bytes.withUnsafeBytes { OSText.text($0) } }

  @Test func validTextIsUnchanged() {
    for plain in [
      "", "/home/me", "A=b", "ünïcödé 日本 🦆", "e\u{301}", "\u{FFFD}", "\u{10FE7F}\u{10FF00}", "\u{10FFFF}",
    ] {
      #expect(text(Array(plain.utf8)).utf8.elementsEqual(plain.utf8))
      #expect(!OSText.hasEscapes(plain))
      #expect(OSText.bytes(plain) == Array(plain.utf8))
      #expect(OSText.escaping(plain).utf8.elementsEqual(plain.utf8))
    }
  }

  @Test func everyByteIsRestored() {
    for byte in UInt8.min...UInt8.max {
      for bytes in [
        [byte], [0x61, byte, 0x62], [byte, byte], [0xF4, byte], [0xC3, byte], [byte, 0x80, 0xBF],
      ] {
        let text = text(bytes)
        #expect(OSText.bytes(text) == bytes, "\(bytes)")
        #expect(OSText.hasEscapes(text) == (String(validating: bytes, as: UTF8.self) == nil), "\(bytes)")
      }
    }
    #expect(text([0x2F, 0xFF]).unicodeScalars.map(\.value) == [0x2F, 0x10FEFF])
    #expect(text([0x80]).unicodeScalars.map(\.value) == [0x10FE80])
  }

  @Test func invalidUTF8IsEscapedByteByByte() {
    // Overlong, a surrogate, beyond the last scalar, incomplete: none is a scalar.
    for bytes: [UInt8] in [
      [0xC0, 0xAF], [0xE0, 0x80, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
      [0xF0, 0x8F, 0xBF, 0xBF],
      [0xE2, 0x82], [0xF5, 0x80, 0x80, 0x80],
    ] {
      #expect(text(bytes).unicodeScalars.map(\.value) == bytes.map { 0x10FE00 + UInt32($0) })
      #expect(OSText.bytes(text(bytes)) == bytes)
    }
  }

  /// Bytes may contain the scalars that are used as escapes.
  @Test func escapeScalarsAreRestored() {
    for scalar in ["\u{10FE80}", "\u{10FEBF}", "\u{10FEC0}", "\u{10FEFF}"] {
      let bytes = Array("a\(scalar)b".utf8)
      #expect(text(bytes).unicodeScalars.count == 6)
      #expect(OSText.bytes(text(bytes)) == bytes)
      #expect(OSText.bytes(OSText.escaping("a\(scalar)b")) == bytes)
    }
  }

  @Test func randomBytesAreRestored() {
    var generator = SystemRandomNumberGenerator()
    let favourites: [UInt8] = [0x61, 0xF4, 0x8F, 0xBA, 0xBB, 0x80, 0xBF, 0xC3, 0xFF, 0xE2]
    for _ in 0..<2000 {
      let bytes = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
        Bool.random(using: &generator)
          ? favourites.randomElement(using: &generator)! : UInt8.random(in: 1...255, using: &generator)
      }
      let text = text(bytes)
      #expect(OSText.bytes(text) == bytes)
      #expect(
        OSText.withCString(text) { Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))) } == bytes)
      let copy = OSText.duplicate(text)
      #expect(Array(UnsafeRawBufferPointer(start: copy, count: strlen(copy))) == bytes)
      free(copy)
    }
  }

  @Test(arguments: [
    ("w.yaml", "/d/w.yaml"), ("../w.yaml", "/w.yaml"), ("./a//b/.", "/d/a/b"), ("../../../w", "/w"),
    ("/abs/./x/../y", "/abs/y"), ("a\u{10FEFF}", "/d/a\u{10FEFF}"), ("..", "/"),
  ])
  func pathsAreMadeAbsolute(path: String, absolute: String) {
    #expect(OSFile.absolute(path, in: "/d") == absolute)
  }
}
