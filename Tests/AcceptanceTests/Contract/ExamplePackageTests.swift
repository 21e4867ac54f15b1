import Foundation
import Testing

extension Acceptance {
  /// The example package is built as a user would build it, and does what its page says.
  struct ExamplePackageTests {
    /// The package that contains these tests.
    private static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// What the README says about `make demo`: it prints the ranking and leaves the checkout unchanged.
    @Test func theDemoPrintsTheRanking() throws {
      let sandbox = try Sandbox()
      let example = Self.package + "/Examples/1-word-count"
      let before = try FileManager.default.contentsOfDirectory(atPath: example)
      let ended = try sandbox.start(
        ["/bin/sh", "-c", "cd \(Self.package) && Scripts/demo \(Sandbox.programs) \(sandbox.path("demo"))"]
      ).wait()
      #expect(ended.status == 0 && ended.stdout.contains("DONE  workflow 1 (word_count)"), "\(ended)")
      #expect(ended.stdout.contains("most frequent first:\n"), "\(ended)")
      #expect(sandbox.read("demo/ranking.txt").split(separator: "\n").count > 5)
      #expect(try FileManager.default.contentsOfDirectory(atPath: example) == before)
    }

    @Test func theSwiftExampleRuns() throws {
      let sandbox = try Sandbox()
      let example = Self.package + "/Examples/swift-api"
      // Kept between test runs: only the first one must build everything.
      let scratch = Self.package + "/.build/example-swift-api"
      for name in ["HOME", "PATH"] { sandbox.environment[name] = ProcessInfo.processInfo.environment[name] }
      let built = try sandbox.start([
        "swift", "build", "--package-path", example, "--scratch-path", scratch, "--disable-sandbox",
      ]).wait(1500)
      #expect(built.status == 0, "\(built)")
      let folder = sandbox.path("collatz")
      for round in 0..<2 {
        let ran = try sandbox.start([scratch + "/debug/Collatz", folder]).wait()
        #expect(ran.status == 0, "\(ran)")
        #expect(ran.stdout == "DONE: 101 of 101 tasks\n118 97\n", "round \(round): \(ran)")
      }
    }
  }
}
