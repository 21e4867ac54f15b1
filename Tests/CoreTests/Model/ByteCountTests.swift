import Testing

@testable import JobmonModel

@Suite("Human-readable sizes")
struct ByteCountTests {
  private static let mib: Int64 = 1 << 20
  private static let gib: Int64 = 1 << 30

  @Test(
    arguments: [
      (0, "0 B"), (1023, "1023 B"), (1024, "1 KiB"), (3 * gib / 2, "1.5 GiB"), (gib + 11 * mib, "1.01 GiB"),
      (5 << 50, "5 PiB"),
    ] as [(Int64, String)])
  func sizeInTheLargestUnit(_ bytes: Int64, text: String) { #expect(ByteCount.text(bytes) == text) }

  @Test(
    arguments: [(0, "0.0 MiB"), (25 * mib / 2, "12.5 MiB"), (mib - 1, "1.0 MiB"), (gib, "1024.0 MiB")]
      as [(Int64, String)])
  func mebibytes(_ bytes: Int64, text: String) {
    #expect(ByteCount.mebibytes(bytes) == text)
    #expect(ByteCount.wholeMebibytes(bytes) == "\(bytes / Self.mib) MiB")
  }

  @Test(
    arguments: [
      (9 * gib, "9 GiB"), (gib + gib / 4, "1.25 GiB"), (gib + 11 * mib, "1.01 GiB"),
      (2 * gib - 1, "1.99 GiB"),
    ] as [(Int64, String)])
  func gibibytes(_ bytes: Int64, text: String) { #expect(ByteCount.gibibytes(bytes) == text) }
}
