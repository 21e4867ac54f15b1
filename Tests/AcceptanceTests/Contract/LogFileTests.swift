import Foundation
import Testing

extension Acceptance {
  /// Log files that exist, and those that do not because nothing was written.
  struct LogFileTests {
    private static let workflow = """
      tool: t
      workflow_args: x
      default_max_attempts: 1
      task_templates:
        quiet: {command_template: "true {n}", node_args: [n]}
        loud: {command_template: "echo out"}
        grumbling: {command_template: "echo why >&2; exit 3"}
        failing: {command_template: "exit 4"}
      tasks:
        - {template: quiet, for_each: {n: {range: [1, COUNT]}}, name: "quiet{n}"}
        - {template: loud, name: loud}
        - {template: grumbling, name: grumbling}
        - {template: failing, name: failing}
      """

    /// The names of the tasks' log files: `quiet1.o1`.
    private func files(_ sandbox: Sandbox) throws -> [String] {
      try sandbox.shell("cd logs && find . -name '*.[oe][0-9]*' | sed 's/[0-9]*$//; s,.*/,,' | sort")
        .split(separator: "\n").map(String.init)
    }

    private func file(_ sandbox: Sandbox, quiet count: Int = 2) throws -> String {
      try sandbox.write("w.yaml", Self.workflow.replacing("COUNT", with: "\(count)"))
    }

    @Test func quietTasksLeaveNoFiles() throws {
      let sandbox = try Sandbox()
      let ended = try sandbox.run("run", try file(sandbox, quiet: 1000), "-o", "json")
      #expect(ended.status == 1, "\(ended)")
      #expect(try files(sandbox) == ["grumbling.e", "loud.o"])
      let folders = try sandbox.shell("cd logs/1-* && ls").split(separator: "\n").map(String.init)
      #expect(!folders.contains("quiet") && folders.contains("loud"), "\(folders)")
      let failed = try #require(try ended.object()["failed_tasks"] as? [[String: Any]])
      let byName = Dictionary(uniqueKeysWithValues: failed.map { ($0["name"] as? String ?? "", $0) })
      #expect(byName["failing"]?["stderr"] is NSNull && byName["failing"]?["stdout"] is NSNull, "\(ended)")
      #expect(byName["grumbling"]?["stdout"] is NSNull, "\(ended)")
      let kept = try #require(byName["grumbling"]?["stderr"] as? String)
      #expect(try sandbox.shell("cat '\(kept)'") == "why\n")
      #expect(byName["grumbling"]?["stderr_tail"] as? String == "why")
    }

    @Test func listingsShowMissingLogFiles() throws {
      let sandbox = try Sandbox()
      #expect(try sandbox.run("run", try file(sandbox)).status == 1)
      let rows = try sandbox.rows("get_filepaths", "-w", "1", "-l", "0")
      #expect(rows.count == 5)
      for row in rows {
        let name = row["task_name"] as? String ?? ""
        #expect((row["output_path"] is NSNull) == (name != "loud"), "\(row)")
        #expect((row["error_path"] is NSNull) == (name != "grumbling"), "\(row)")
      }
      let status = try sandbox.rows("task_status", "-t", "1", "2", "3", "4", "5")
      #expect(status.map { $0["stdout"] is NSNull } == [true, true, false, true, true], "\(status)")
      #expect(status.map { $0["stderr"] is NSNull } == [true, true, true, false, true], "\(status)")
      let logs = try sandbox.rows("logs", "-w", "1")
      #expect(logs.filter { $0["path"] is NSNull }.allSatisfy { $0["text"] as? String == "" }, "\(logs)")
      #expect(logs.compactMap { $0["path"] as? String }.count == 2, "\(logs)")
      let errors = try sandbox.run("errors", "-w", "1")
      #expect(errors.stdout.contains("why") && errors.stdout.contains("exit code 4"), "\(errors)")
    }

    @Test func logsSayThatNothingWasWritten() throws {
      let sandbox = try Sandbox()
      #expect(try sandbox.run("run", try file(sandbox)).status == 1)
      let quiet = try sandbox.run("logs", "-t", "1")
      #expect(quiet.status == 0 && quiet.stdout == "", "\(quiet)")
      #expect(quiet.stderr.contains("quiet1 did not write anything"), "\(quiet)")
      let follow = try sandbox.run("logs", "-t", "1", "--follow")
      #expect(follow.status == 0 && follow.stderr.contains("quiet1 did not write anything"), "\(follow)")
      let loud = try sandbox.run("logs", "-t", "3")
      #expect(loud.status == 0 && loud.stdout == "out\n" && loud.stderr == "", "\(loud)")
      let half = try sandbox.run("logs", "-t", "3", "--stderr")
      #expect(half.status == 0 && half.stderr.contains("anything to its standard error"), "\(half)")
      let all = try sandbox.run("logs", "-w", "1")
      #expect(all.stdout.components(separatedBy: "==>").count == 3 && all.status == 0, "\(all)")
      // If the folder is missing, too, the files were removed.
      try sandbox.shell("rm -r logs")
      let gone = try sandbox.run("logs", "-t", "1")
      #expect(gone.status == 1 && gone.stderr.contains("is gone"), "\(gone)")
    }

    /// `tail -f` has a file to read, and `logs --follow` waits for it.
    @Test func aRunningTaskHasItsLogFiles() throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write(
        "w.yaml",
        """
        tool: t
        task_templates:
          slow: {command_template: "touch $OUT/started; while ! test -e $OUT/gate; do sleep 0.02; done; echo late"}
        tasks: [{template: slow, name: slow}]
        """)
      let run = try sandbox.jobmon("run", file)
      try eventually("it runs: \(run.stderr)") { sandbox.exists("out/started") || run.hasEnded }
      let follow = try sandbox.jobmon("logs", "-t", "1", "--follow")
      try eventually("both files are there") {
        (try? files(sandbox)) == ["slow.e", "slow.o"] || run.hasEnded
      }
      let row = try #require(try sandbox.rows("get_filepaths", "-w", "1").first)
      #expect(
        (row["error_path"] as? String).map { FileManager.default.fileExists(atPath: $0) } == true, "\(row)")
      try sandbox.write("out/gate", "")
      #expect(try run.wait().status == 0)
      let followed = try follow.wait()
      #expect(followed.stdout == "late\n" && followed.status == 0, "\(followed)")
      #expect(try files(sandbox) == ["slow.o"], "nothing was written to standard error")
    }

    @Test func anOrdinaryUserGetsTheSameFiles() throws {
      let sandbox = try Sandbox()
      let file = try file(sandbox)
      try sandbox.giveToUser()
      let ended = try sandbox.jobmonAsUser("run", file).wait()
      #expect(ended.status == 1, "\(ended)")
      #expect(try files(sandbox) == ["grumbling.e", "loud.o"])
      #expect(
        try sandbox.shell("find logs -name '*.[oe][0-9]*' -printf '%U %m\\n' | sort -u")
          == "\(Sandbox.user) 600\n")
    }

    /// FUSE does not support files without names: each task then has two files from the start.
    @Test func logFilesOnAFileSystemWithoutUnnamedFiles() throws {
      let sandbox = try Sandbox()
      try sandbox.shell("mkdir real net && bindfs real net")
      defer { _ = try? sandbox.shell("fusermount3 -u -z net || fusermount -u -z net || umount -l net") }
      sandbox.environment["JOBMON__LOGS__DIRECTORY"] = sandbox.path("net/logs")
      #expect(try sandbox.run("run", try file(sandbox)).status == 1)
      let found = try sandbox.shell("find net/logs -name '*.[oe][0-9]*' | wc -l")
      #expect(found == "10\n")
      let rows = try sandbox.rows("get_filepaths", "-w", "1", "-l", "0")
      #expect(rows.allSatisfy { $0["output_path"] is String && $0["error_path"] is String }, "\(rows)")
      #expect(try sandbox.run("logs", "-t", "3").stdout == "out\n")
    }

    /// The worker's driver dies: what a command has written is kept, even if the command has just started.
    @Test func outputIsKeptIfTheDriverDies() throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write(
        "w.yaml",
        """
        tool: t
        task_templates: {a: {command_template: "echo early; touch $OUT/started; exec sleep 1000"}}
        tasks: [{template: a, name: a}]
        """)
      let run = try sandbox.jobmon("run", file)
      while !sandbox.exists("out/started"), !run.hasEnded { usleep(500) }
      #expect(sandbox.killAll("jobmon") >= 1)
      _ = try run.wait()
      try eventually("the worker has gone") { sandbox.processes().isEmpty }
      #expect(try sandbox.shell("cat $(find logs -name 'a.o*')") == "early\n")
    }
  }
}
