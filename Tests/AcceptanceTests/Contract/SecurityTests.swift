import Foundation
import Testing

extension Acceptance {
  /// What others on the machine can see or change, and texts that must stay plain text.
  struct SecurityTests {
    private static let workflow = """
      tool: t
      name: n
      workflow_args: x
      default_max_attempts: 1
      on_finish: "true"
      task_templates:
        a: {command_template: "echo {x:q}; echo k=v > $JOBMON_ATTRIBUTES; test {x:q} != bad", node_args: [x]}
      tasks: [{template: a, for_each: {x: [good, bad]}}]
      """

    @Test func allWrittenFilesArePrivate() throws {
      let sandbox = try Sandbox()
      for name in ["JOBMON_DATABASE", "JOBMON__LOGS__DIRECTORY"] { sandbox.environment[name] = nil }
      let file = try sandbox.write("workflow.yaml", Self.workflow)
      // This must hold for any umask of the user.
      let ended = try sandbox.start([
        "/bin/sh", "-c",
        "umask 000; JOBMON_RECORD=home/record \(Sandbox.programs)/jobmon run \(file) --events home/events; ls -l home/.jobmon",
      ]).wait()
      #expect(ended.stdout.contains("jobmon.db"), "\(ended)")
      let open = try sandbox.shell("find home/.jobmon home/record -perm /077")
      #expect(open.isEmpty, "\(open)")
    }

    @Test func aRegistryThatOthersCanWriteIsRefused() throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write("workflow.yaml", Self.workflow)
      let registry = try sandbox.write("plugins.json", #"{"clusters": {"mine": {"plugin": "local"}}}"#)
      chmod(registry, 0o666)
      let refused = try sandbox.run("run", file, "--plugins", registry, "-c", "mine")
      #expect(refused.status == 2 && refused.stderr.contains(registry), "\(refused)")
      #expect(refused.stderr.contains("chmod go-w"), "the remedy: \(refused)")
      chmod(registry, 0o600)
      #expect(try sandbox.run("run", file, "--plugins", registry, "-c", "mine").status == 1)
    }

    @Test func secretsOfTheEnvironmentAreNeitherStoredNorShown() throws {
      let sandbox = try Sandbox()
      let secret = "s3cr3t-0f-the-environment"
      let file = try sandbox.write(
        "workflow.yaml",
        Self.workflow.replacing(
          "echo {x:q};", with: "test $(printenv TOKEN | wc -c) -eq \(secret.count + 1);"))
      let run = try sandbox.run(
        "run", file, "-v", "--events", sandbox.path("events"),
        environment: ["TOKEN": secret, "JOBMON_RECORD": sandbox.path("record")])
      #expect(run.status == 1 && run.stdout.contains("1 of 2 done"), "the commands have it: \(run)")
      #expect(!run.stdout.contains(secret) && !run.stderr.contains(secret))
      let found = try sandbox.shell("grep -rl \(secret) jobmon.db* logs events record home || true")
      #expect(found.isEmpty, "\(found)")
    }

    @Test func textIsNeverInterpretedAsSQLOrShell() throws {
      let sandbox = try Sandbox()
      let nasty = [
        "'; DROP TABLE task; --", "\") OR 1=1 --", "$(touch pwned)", "`touch pwned`", "%s%n",
        "../../../etc/passwd",
      ]
      let list = nasty.map { "\"\($0.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\"" }
      let file = try sandbox.write(
        "workflow.yaml",
        """
        tool: "a'b \\" tool"
        name: "n'; DELETE FROM workflow; --"
        workflow_args: "x' OR '1'='1"
        workflow_attributes: {"k'y": "v' OR 1=1"}
        task_templates:
          a: {command_template: "printf %s {x:q} > /dev/null", node_args: [x]}
        tasks: [{template: a, for_each: {x: [\(list.joined(separator: ", "))]}}]
        """)
      #expect(try sandbox.run("run", file).status == 0)
      #expect(!sandbox.exists("pwned"))
      #expect(try sandbox.rows("workflow_status", "-w", "1").first?["done"] as? Int == nasty.count)
      for arguments in [
        ["workflow_status", "--name", "x' OR '1'='1"], ["workflow_status", "--tool", "' OR 1=1 --"],
        ["workflow_status", "--attribute", "k=' OR 1=1 --"], ["workflow_status", "-u", "' OR 1=1 --"],
        ["workflow_tasks", "-w", "1", "--name", "' OR 1=1 --"],
        ["workflow_tasks", "-w", "1", "--template", "' OR 1=1 --"],
      ] {
        let ended = try sandbox.start(["\(Sandbox.programs)/jobmon"] + arguments + ["-n"]).wait()
        #expect(
          ended.stdout.trimmingCharacters(in: .whitespacesAndNewlines) == "[]", "\(arguments): \(ended)")
      }
      #expect(try sandbox.rows("workflow_status", "--attribute", "k'y=v' OR 1=1").count == 1)
      #expect(try sandbox.run("db_check").status == 0)
    }
  }
}
