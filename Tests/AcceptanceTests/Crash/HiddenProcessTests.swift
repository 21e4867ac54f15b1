import Foundation
import Testing

extension Acceptance {
  /// Commands that cannot be identified by their environment after the driver and its worker were killed: a resume ends
  /// them before it runs their tasks again.
  struct HiddenProcessTests {
    /// Records in the ledger that it runs, and which earlier ones still run.
    private static let script = """
      for pid in $(sed -n 's/^start //p' ledger); do ! grep -q . /proc/$pid/cmdline 2> /dev/null || echo "overlap $pid" >> ledger; done
      echo "start $$" >> ledger
      while [ ! -e gate ] && [ -e ledger ]; do sleep 0.05; done
      echo "end $$" >> ledger

      """

    /// A sandbox in which an ordinary user runs one task with this command.
    private func world(_ command: String) throws -> (sandbox: Sandbox, file: String) {
      let sandbox = try Sandbox()
      try sandbox.write("hidden.sh", Self.script)
      try sandbox.write("stubborn.sh", "trap '' TERM\n" + Self.script)
      let file = try sandbox.write(
        "hidden.yaml",
        """
        tool: t
        name: hidden
        workflow_args: x
        task_templates: {a: {command_template: "\(command)"}}
        tasks: [{template: a}]
        """)
      try sandbox.giveToUser()
      // Installed like licensed software, and like sudo.
      try sandbox.shell("mkdir bin && cp /bin/dash bin/only_executable && cp /usr/bin/setpriv bin/as_root")
      try sandbox.shell("chmod 0711 bin/only_executable && chmod 4755 bin/as_root && chmod 755 bin")
      return (sandbox, file)
    }

    /// Runs the task, and kills the driver and the worker together while it runs.
    private func crash(_ sandbox: Sandbox, _ file: String) throws {
      let run = try sandbox.jobmonAsUser("run", file)
      try eventually("it runs: \(run.stderr)") { sandbox.read("ledger").contains("start") || run.hasEnded }
      sandbox.killAll("jobmon-worker")
      run.signal(SIGKILL)
      #expect(try run.wait().status == -SIGKILL)
      #expect(sandbox.read("ledger").split(separator: "\n").count == 1)
    }

    @Test(arguments: [
      "bin/only_executable hidden.sh",
      "env -i /bin/sh hidden.sh",
      "env -i /bin/sh stubborn.sh",
      "env -i setsid /bin/sh stubborn.sh & wait",
      "env -i setsid bin/only_executable stubborn.sh > /dev/null 2>&1 & exec env -i sleep 100",
      "(env -i setsid /bin/sh stubborn.sh > /dev/null 2>&1 &) && exec env -i bin/only_executable -c 'sleep 100; true'",
    ])
    func aHiddenCommandIsEndedBeforeItsTaskRunsAgain(_ command: String) throws {
      let (sandbox, file) = try world(command)
      try crash(sandbox, file)
      let resumed = try sandbox.jobmonAsUser("run", file, "--resume", "-o", "json")
      defer { resumed.signal(SIGKILL) }
      try eventually("it runs again: \(resumed.stderr)") {
        sandbox.read("ledger").split(separator: "\n").count > 1 || resumed.hasEnded
      }
      #expect(!sandbox.read("ledger").contains("overlap"), "\(sandbox.read("ledger"))")
      try sandbox.open(gate: "gate")
      if command.contains("sleep 100") {
        resumed.signal(SIGINT)
        #expect(try resumed.wait().status == 130)
      } else {
        #expect(try resumed.wait().status == 0)
      }
      let ledger = sandbox.read("ledger")
      #expect(ledger.matches(of: /start/).count == 2 && ledger.matches(of: /end/).count == 1, "\(ledger)")
    }

    @Test func aCommandThatCannotBeEndedIsWaitedFor() throws {
      let (sandbox, file) = try world(
        "bin/as_root --reuid 0 --regid 0 --clear-groups env -i /bin/sh hidden.sh")
      try crash(sandbox, file)
      let process = try #require(
        sandbox.read("ledger").split(separator: "\n").first?.split(separator: " ").last.flatMap { pid_t($0) })
      defer { kill(process, SIGKILL) }

      let interrupted = try sandbox.jobmonAsUser("run", file, "--resume")
      try eventually("the missing permission is reported: \(interrupted.stderr)") {
        interrupted.hasEnded || interrupted.stderr.contains("cannot be ended")
      }
      #expect(interrupted.stderr.contains("\(process) (sh)"), "\(interrupted.stderr)")
      interrupted.signal(SIGINT)
      #expect(try interrupted.wait(30).status == 130)

      let resumed = try sandbox.jobmonAsUser("run", file, "--resume")
      try eventually("the missing permission is reported: \(resumed.stderr)") {
        resumed.hasEnded || resumed.stderr.contains("cannot be ended")
      }
      #expect(sandbox.read("ledger").split(separator: "\n").count == 1, "the task runs twice at once")
      kill(process, SIGKILL)
      try eventually("it runs again: \(resumed.stderr)") {
        sandbox.read("ledger").split(separator: "\n").count > 1 || resumed.hasEnded
      }
      try sandbox.shell("touch gate")
      let ended = try resumed.wait()
      #expect(ended.status == 0 && !sandbox.read("ledger").contains("overlap"), "\(ended)")
    }
  }
}
