import Testing

@testable import JobmonModel

struct UnitTests {
  private static let kib: Int64 = 1024
  private static let mib: Int64 = 1024 * kib
  private static let gib: Int64 = 1024 * mib

  static let memories: [(String, Int64)] = [
    ("1", gib), ("0.5", 512 * mib), ("0.5G", 512 * mib), ("8G", 8 * gib), ("8GB", 8 * gib), ("8GiB", 8 * gib),
    ("8gib", 8 * gib), ("512M", 512 * mib), ("1k", kib), ("2T", 2048 * gib), ("1P", mib * gib),
    ("8 GB", 8 * gib),
    (" 1G ", gib), ("0.1K", 103), ("100B", 100), (".5G", 512 * mib),
  ]

  @Test(arguments: memories)
  func validMemory(text: String, bytes: Int64) { #expect(MemorySize.bytes(text) == bytes) }

  @Test(arguments: [
    "", "lots", "8X", "-1G", "1e3", "G", "1.2.3G", "8iB", "99999999P", "inf", "nan", "0x10", "1G2", "٣G",
  ])
  func invalidMemory(text: String) { #expect(MemorySize.bytes(text) == nil) }

  static let runtimes: [(String, Int64)] = [
    ("90", 90), ("90s", 90), ("60m", 3600), ("2h", 7200), ("1d", 86400), ("1h30m", 5400), ("1d2h3m4s", 93784),
    ("1:30:00", 5400), ("01:02:03", 3723), ("48:00:00", 172_800), ("2-03:04:05", 183_845), ("1.5h", 5400),
    ("0.1", 1), ("1.1h", 3960), ("0.7m", 42), ("0", 0), ("2H", 7200),
  ]

  @Test(arguments: runtimes)
  func validRuntime(text: String, seconds: Int64) { #expect(RuntimeSpan.seconds(text) == seconds) }

  @Test(arguments: [
    "", "soon", "1h1h", "30m1h", "1:30", "00:60:00", "00:00:60", "-5", "1-", "1w", "h", "1h5",
    "1-00:00:00:00", ":::",
  ])
  func invalidRuntime(text: String) { #expect(RuntimeSpan.seconds(text) == nil) }
}
