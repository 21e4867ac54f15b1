import Foundation
import Testing

extension Acceptance {
  /// Disks that are full, cannot be written, or lose a folder.
  struct DiskTests {
    @Test func aFullDiskUnderTheStore() throws {
      let sandbox = try Sandbox()
      let disk = try sandbox.mountDisk(megabytes: 16)
      sandbox.environment["JOBMON_DATABASE"] = "\(disk.path)/jobmon.db"
      let trial = try LedgerTrial.gated(sandbox, after: 300)
      let run = try trial.start(resume: false, ["-o", "json"])
      try eventually("the gate: \(run.stderr)") {
        sandbox.read("ledger").contains("start wait") || run.hasEnded
      }
      try disk.fill()
      try sandbox.open(gate: "gate")
      let ended = try run.wait(100)
      #expect(ended.status == 1, "\(ended)")
      #expect("\(ended)".contains("no space left"), "\(ended)")
      #expect("\(ended)".contains("jobmon.db"), "which file: \(ended)")
      try disk.empty()
      try trial.recordStore()
      try trial.finishAndJudge("after the disk was full")
    }

    @Test func aFullDiskUnderTheLogs() throws {
      let sandbox = try Sandbox()
      let disk = try sandbox.mountDisk(megabytes: 1)
      sandbox.environment["JOBMON__LOGS__DIRECTORY"] = "\(disk.path)/logs"
      let trial = try LedgerTrial.gated(sandbox, after: 10)
      let run = try trial.start(resume: false)
      try eventually("the gate: \(run.stderr)") {
        sandbox.read("ledger").contains("start wait") || run.hasEnded
      }
      try disk.fill()
      try sandbox.open(gate: "gate")
      // Commands that cannot be started are no failures of theirs: they are tried again, until there is room.
      try eventually("it says what is wrong: \(run.stderr)") {
        run.hasEnded || run.stderr.contains("No space left on device")
      }
      try disk.empty()
      let ended = try run.wait()
      #expect(ended.status == 0, "\(ended)")
      try trial.judge("logs on a disk that was full")
    }

    @Test func aStoreThatCannotBeWritten() throws {
      let sandbox = try Sandbox()
      let disk = try sandbox.mountDisk(megabytes: 4)
      sandbox.environment["JOBMON_DATABASE"] = "\(disk.path)/jobmon.db"
      let trial = try LedgerTrial(LedgerWorkflow(steps: [.init("a"), .init("b", "fail", "1")]), in: sandbox)
      #expect(try trial.start(resume: false).wait().status == 1)
      let lines = try sandbox.ledger().lines.count
      try disk.remount("ro")
      let refused = try trial.start(resume: true, ["-o", "json"]).wait()
      #expect(refused.status == 1, "\(refused)")
      let error = try #require(try refused.object()["error"] as? [String: Any])
      #expect(error["code"] as? String == "store_unavailable")
      #expect((error["message"] as? String ?? "").contains("jobmon.db"))
      #expect(try sandbox.ledger().lines.count == lines, "something ran")
      // Looking is still possible.
      let rows = try sandbox.rows("workflow_status", "-l", "0")
      #expect(rows.first?["wf_status"] as? String == "FAILED")
      try disk.remount("rw")
      #expect(try trial.start().wait().status == 1)
    }

    @Test func aLogFolderThatVanishes() throws {
      let sandbox = try Sandbox()
      let trial = try LedgerTrial.gated(sandbox, after: 20)
      let run = try trial.start(resume: false)
      try eventually("the gate: \(run.stderr)") {
        sandbox.read("ledger").contains("start wait") || run.hasEnded
      }
      try FileManager.default.removeItem(atPath: sandbox.path("logs"))
      try sandbox.open(gate: "gate")
      let ended = try run.wait()
      #expect(ended.status == 0, "\(ended)")
      try trial.judge("without its log folder")
      let logs = try sandbox.shell("find logs -type f -name 'after*.o*' | wc -l")
      #expect(logs.trimmingCharacters(in: .whitespacesAndNewlines) == "20")
    }
  }
}
