import Foundation
import Testing

extension Acceptance {
  /// A workflow file that was changed after a run: which results are kept, and which tasks run again.
  struct ChangeTests {
    /// A workflow that counts numbers and adds them up. Each command also records that it ran.
    private static func numbers(
      to last: Int, count: String = "seq {n} | wc -l > count.{n}",
      add: String = "cat count.* | awk '{{s += $1}} END {{print s}}' > total", more: String = ""
    ) -> String {
      """
      tool: numbers
      name: numbers
      workflow_args: x
      task_templates:
        count: {command_template: "echo count.{n} >> ran; \(count)", node_args: [n]}
        add: {command_template: "echo add >> ran; \(add)"}
        report: {command_template: "echo report >> ran; cp total report"}
      tasks:
        - {template: count, for_each: {n: {range: [1, \(last)]}}}
        - {template: add, upstream: [{template: count}]}
        - {template: report, upstream: [{template: add}]}
      \(more)
      """
    }

    private func ran(_ sandbox: Sandbox) throws -> [String] {
      defer { try? FileManager.default.removeItem(atPath: sandbox.path("ran")) }
      return sandbox.read("ran").split(separator: "\n").map(String.init).sorted()
    }

    @Test func tasksDownstreamOfAddedTasksRunAgain() throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write("w.yaml", Self.numbers(to: 5))
      #expect(try sandbox.run("run", file).status == 0)
      #expect(sandbox.read("total") == "15\n")
      _ = try ran(sandbox)
      try sandbox.write("w.yaml", Self.numbers(to: 7))
      let accepted = try sandbox.run("run", file, "--accept-changes", "-o", "json")
      #expect(accepted.status == 0, "\(accepted)")
      #expect(sandbox.read("total") == "28\n" && sandbox.read("report") == "28\n")
      #expect(try ran(sandbox) == ["add", "count.6", "count.7", "report"])
      #expect(try accepted.object()["tasks_previously_done"] as? Int == 5)
      // The plan is printed first.
      for words in [
        "keep       5 tasks", "run again  1 task ('add')", "run again  1 task ('report')", "2 tasks",
      ] {
        #expect(accepted.stderr.contains(words), "\(accepted)")
      }
      let told = try #require(accepted.stderr.range(of: "has changed"))
      let began = try #require(accepted.stderr.range(of: ", run 2: 9 tasks"))
      #expect(told.lowerBound < began.lowerBound, "\(accepted)")
      #expect(try sandbox.run("db_check").status == 0)
    }

    @Test func aChangedCommandRunsAgainWithAllDownstreamTasks() throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write("w.yaml", Self.numbers(to: 3))
      #expect(try sandbox.run("run", file).status == 0)
      _ = try ran(sandbox)
      try sandbox.write("w.yaml", Self.numbers(to: 3, add: "cat count.* | sort -n | tail -1 > total"))
      let refused = try sandbox.run("run", file, "--resume", "-o", "json")
      #expect(refused.status == 3, "\(refused)")
      let error = try #require(try refused.object()["error"] as? [String: Any])
      #expect(error["code"] as? String == "workflow_differs")
      let message = error["message"] as? String ?? ""
      for words in [
        "template 'add'", "before   echo add >> ran; cat count.* | awk",
        "after    echo add >> ran; cat count.* | sort -n",
        "keep       3 tasks (such as 'count_n-1')", "run again  1 task ('add'): its command has changed",
        "run again  1 task ('report'): a task upstream", "--accept-changes keeps the 3 of 5",
        "reruns 2 done tasks",
        "--keep-done keeps all 5",
      ] { #expect(message.contains(words), "\(message)") }
      let shown = try sandbox.run("run", file, "--dry-run")
      #expect(shown.status == 3 && shown.stdout.contains("run again  1 task ('add')"), "\(shown)")
      #expect(try ran(sandbox).isEmpty)
      #expect(try sandbox.run("run", file, "--accept-changes").status == 0)
      #expect(try ran(sandbox) == ["add", "report"])
      #expect(sandbox.read("report") == "3\n")
      // Change the command of the first tasks: everything runs again.
      try sandbox.write("w.yaml", Self.numbers(to: 3, count: "echo 7 > count.{n}"))
      #expect(try sandbox.run("run", file, "--accept-changes").status == 0)
      #expect(try ran(sandbox) == ["add", "count.1", "count.2", "count.3", "report"])
      #expect(sandbox.read("report") == "21\n")
    }

    @Test func tasksRunAgainIfAnUpstreamTaskWasRemoved() throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write("w.yaml", Self.numbers(to: 4))
      #expect(try sandbox.run("run", file).status == 0)
      _ = try ran(sandbox)
      try FileManager.default.removeItem(atPath: sandbox.path("count.4"))
      try sandbox.write("w.yaml", Self.numbers(to: 3))
      let accepted = try sandbox.run("run", file, "--accept-changes")
      #expect(
        accepted.status == 0 && accepted.stderr.contains("gone       1 task of count ('count_n-4')"),
        "\(accepted)")
      #expect(try ran(sandbox) == ["add", "report"] && sandbox.read("report") == "6\n")
    }

    @Test func keepDoneKeepsEveryResult() throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write("w.yaml", Self.numbers(to: 2))
      #expect(try sandbox.run("run", file).status == 0)
      _ = try ran(sandbox)
      try sandbox.write("w.yaml", Self.numbers(to: 3, add: "echo other > total"))
      let kept = try sandbox.run("run", file, "--keep-done", "-o", "json")
      #expect(kept.status == 0, "\(kept)")
      #expect(try kept.object()["tasks_previously_done"] as? Int == 4)
      #expect(try ran(sandbox) == ["count.3"] && sandbox.read("total") == "3\n")
    }

    /// op_args are not part of the identity: if they change, results are kept, this is reported, and the tasks run
    /// again only on request.
    @Test func changedOpArgsKeepResultsUnlessARerunIsRequested() throws {
      let sandbox = try Sandbox()
      func workflow(_ level: Int, _ more: String = "") -> String {
        """
        tool: t
        workflow_args: x
        task_templates:
          a: {command_template: "echo {n} {level} >> ran", node_args: [n], op_args: [level]}
          b: {command_template: "echo b >> ran"}
        tasks:
          - {template: a, for_each: {n: [1, 2]}, args: {level: \(level)}}\(more)
          - {template: b, upstream: [{template: a}]}
        """
      }
      let file = try sandbox.write("w.yaml", workflow(1))
      #expect(try sandbox.run("run", file).status == 0)
      _ = try ran(sandbox)
      try sandbox.write("w.yaml", workflow(2))
      let same = try sandbox.run("run", file, "--resume")
      #expect(same.status == 0, "\(same)")
      #expect(
        same.stderr.contains("2 tasks that are DONE have changed op_args")
          && same.stderr.contains("--rerun-changed"))
      #expect(try ran(sandbox).isEmpty)
      // The same with an additional task.
      try sandbox.write("w.yaml", workflow(2, "\n  - {template: a, args: {n: 3, level: 2}}"))
      #expect(try sandbox.run("run", file, "--accept-changes").status == 0)
      #expect(try ran(sandbox) == ["3 2", "b"])
      try sandbox.write("w.yaml", workflow(5, "\n  - {template: a, args: {n: 3, level: 2}}"))
      let again = try sandbox.run("run", file, "--rerun-changed")
      #expect(again.status == 0 && again.stderr.contains("3 tasks rerun"), "\(again)")
      #expect(try ran(sandbox) == ["1 5", "2 5", "b"])
      #expect(try sandbox.run("db_check").status == 0)
    }

    @Test func changesAreConfirmedOnATerminal() throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write("w.yaml", Self.numbers(to: 2))
      #expect(try sandbox.run("run", file).status == 0)
      _ = try ran(sandbox)
      try sandbox.write("w.yaml", Self.numbers(to: 3))
      func answer(_ word: String, _ more: String = "") throws -> Child.Finished {
        let command = "\(Sandbox.programs)/jobmon run \(file) --accept-changes --no-progress \(more)"
        return try sandbox.start([
          "/bin/sh", "-c", "echo \(word) | script -qefc '\(command)' /dev/null",
        ]).wait()
      }
      let no = try answer("n")
      #expect(
        no.status == 3 && no.stdout.contains("Continue? [y/N]") && no.stdout.contains("nothing was changed"),
        "\(no)")
      #expect(try ran(sandbox).isEmpty)
      // Ctrl-C at the question ends the program before anything was changed.
      let interrupted = try sandbox.start([
        "/bin/sh", "-c",
        "touch asked; { until grep -q 'Continue' asked; do sleep 0.05; done; printf '\\003'; sleep 5; } | "
          + "script -qefc '\(Sandbox.programs)/jobmon run \(file) --accept-changes' /dev/null > asked",
      ]).wait()
      #expect(interrupted.status == 130 && sandbox.read("asked").contains("Continue?"), "\(interrupted)")
      #expect(try ran(sandbox).isEmpty)
      let yes = try answer("y")
      #expect(yes.status == 0 && sandbox.read("total") == "6\n", "\(yes)")
      try sandbox.write("w.yaml", Self.numbers(to: 4))
      let unasked = try answer("n", "-y")
      #expect(
        unasked.status == 0 && !unasked.stdout.contains("Continue?") && sandbox.read("total") == "10\n",
        "\(unasked)")
    }

    /// What a killed driver has left must not run beside the workflow that replaces its own.
    ///
    /// - Parameter point: where a first attempt to replace it is killed: after the old commands were ended, or after
    ///   the new workflow was bound.
    @Test(arguments: [nil, "driver.bind.before", "driver.bind.after"])
    func attemptsOfADeadDriverAreEndedFirst(point: String?) throws {
      let sandbox = try Sandbox()
      func workflow(_ list: String) -> String {
        """
        tool: t
        workflow_args: x
        task_templates:
          a: {command_template: "echo start {n} $$ >> ran; while ! test -e gate; do sleep 0.05; done; echo end {n} $$ >> ran", node_args: [n]}
        tasks: [{template: a, for_each: {n: [\(list)]}}]
        """
      }
      let file = try sandbox.write("w.yaml", workflow("1"))
      let run = try sandbox.jobmon("run", file)
      try eventually("it runs") { sandbox.read("ran").contains("start 1") }
      sandbox.killAll("jobmon-worker")
      run.signal(SIGKILL)
      try run.wait()
      try sandbox.write("w.yaml", workflow("1, 2"))
      let bound = try sandbox.run("bind", file, "--accept-changes")
      #expect(bound.status == 3 && bound.stderr.contains("may still be running"), "\(bound)")
      if let point {
        let killed = try sandbox.run("run", file, "--accept-changes", environment: ["JOBMON_KILL_AT": point])
        #expect(killed.status == -SIGKILL, "\(killed)")
      }
      let again = try sandbox.jobmon("run", file, "--accept-changes")
      try eventually("both run: \(again.stderr)") {
        sandbox.read("ran").components(separatedBy: "start").count == 4 || again.hasEnded
      }
      try sandbox.open(gate: "gate")
      #expect(try again.wait().status == 0)
      let ends = sandbox.read("ran").split(separator: "\n").filter { $0.hasPrefix("end") }
      #expect(ends.count == 2, "\(sandbox.read("ran"))")
      #expect(try sandbox.run("db_check").status == 0)
    }
  }
}
