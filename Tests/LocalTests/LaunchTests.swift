import Foundation
import JobmonCore
import Testing

/// A command that cannot be started has a message that says why.
@Suite struct LaunchTests {
  @Test func aMissingWorkingDirectoryIsALaunchFailure() throws {
    let bench = try Bench(directory: "/no/such/folder")
    let outcome = try #require(bench.run("true"))
    #expect(outcome.cause == .launchFailure)
    #expect(
      outcome.message == "cannot enter the working directory /no/such/folder: No such file or directory")
    #expect(outcome.isPermanent == true)
  }

  @Test func aRemovedLogFolderIsCreatedAgain() throws {
    let bench = try Bench()
    #expect(bench.run("echo 1", instance: 1)?.cause == .exit(0))
    try FileManager.default.removeItem(atPath: bench.folder + "/logs")
    #expect(bench.run("echo 2", instance: 2)?.cause == .exit(0))
    #expect(bench.stdout(2) == "2\n")
  }

  @Test func aLogFolderThatCannotBeCreatedIsALaunchFailure() throws {
    let bench = try Bench()
    let path = bench.folder + "/file"
    #expect(FileManager.default.createFile(atPath: path, contents: nil))
    bench.submit("true", logs: path + "/logs")
    let outcome = try #require(bench.recorder.outcome(1))
    #expect(outcome.cause == .launchFailure)
    #expect(outcome.message == "cannot write \(path)/logs/t.o1: Not a directory")
    #expect(outcome.isPermanent == true)
    bench.submit("true", instance: 2, logs: "/proc/none/logs")
    let other = try #require(bench.recorder.outcome(2))
    #expect(other.cause == .launchFailure)
    #expect(other.message == "cannot create the log folder /proc/none/logs: No such file or directory")
    // A folder that does not exist now may exist later, for example when its file system is mounted.
    #expect(other.isPermanent == nil)
  }
}
