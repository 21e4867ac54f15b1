import Foundation
import Testing

extension Acceptance {
  /// Bytes of the operating system that are not UTF-8 are passed on unchanged.
  struct BytesTests {
    private static let head = "tool: t\nname: n\nworkflow_args: x\ndefault_max_attempts: 1\n"

    private func bytes(_ path: String) -> [UInt8] {
      Array(FileManager.default.contents(atPath: path) ?? Data())
    }

    /// Runs a shell script in a sandbox, with `$jobmon`, and with `$odd`, a name that is not UTF-8.
    private func script(_ sandbox: Sandbox, _ text: String, environment: [String: String] = [:]) throws
      -> Child.Finished
    {
      try sandbox.start(
        ["/bin/sh", "-c", "odd=$(printf 'a\\377b'); set -e; \(text)"],
        environment: environment.merging(["jobmon": "\(Sandbox.programs)/jobmon"]) { $1 }
      ).wait()
    }

    /// Invalid bytes, scalars of the range that is used as escapes, and one that combines with the equals sign.
    private static let values = [#"a\377b\376\200"#, #"\364\217\272\200\364\217\273\277"#, #"\314\201x"#]

    @Test(arguments: values)
    func variablesArePassedUnchanged(value: String) throws {
      let sandbox = try Sandbox()
      try sandbox.write(
        "workflow.yaml",
        Self.head + """
          on_finish: 'printf %s "$RAW" > finish'
          task_templates:
            shell: {command_template: 'printf %s "$RAW" > shell'}
            plain: {command_template: "/usr/bin/printenv RAW"}
          tasks: [{template: shell}, {template: plain}]
          """)
      let ended = try script(
        sandbox,
        """
        printf '\(value)' > expected; (cat expected; echo) > expected.line
        RAW=$(cat expected) $jobmon run workflow.yaml >&2
        cmp shell expected && cmp finish expected && cmp logs/1-*/plain/0/plain.o* expected.line
        """)
      #expect(ended.status == 0, "\(ended)")
      #expect(bytes(sandbox.path("shell")) == bytes(sandbox.path("expected")))
    }

    /// Plugins get them in JSON, which is UTF-8.
    @Test func variablesAndFoldersArePassedThroughPlugins() throws {
      let sandbox = try Sandbox()
      var source = URL(fileURLWithPath: #filePath)
      for _ in 0..<4 { source.deleteLastPathComponent() }
      sandbox.environment["PLUGINS"] = source.path + "/Examples/plugins/spool/plugins.json"
      try sandbox.write(
        "workflow.yaml",
        Self.head + """
          working_directory: .
          task_templates: {a: {command_template: 'printf %s "$RAW" > said; pwd'}}
          tasks: [{template: a}]
          """)
      let ended = try script(
        sandbox,
        """
        mkdir "$odd"; mv workflow.yaml "$odd"; (cd "$odd" && pwd) > expected
        RAW=$(printf '\(Self.values[0])'); export RAW
        $jobmon run "$odd/workflow.yaml" -c spool --plugins "$PLUGINS" --logs "$PWD/$odd/logs" >&2
        printf %s "$RAW" | cmp - "$odd/said"; cmp "$odd"/logs/1-*/a/0/a.o* expected
        """)
      #expect(ended.status == 0, "\(ended)")
    }

    @Test func foldersMayHaveNamesThatAreNotUTF8() throws {
      let sandbox = try Sandbox()
      try sandbox.write(
        "workflow.yaml",
        Self.head + """
          working_directory: .
          on_finish: "pwd > finish"
          task_templates:
            a:
              command_template: "pwd > where.{id}; echo k={id} > $JOBMON_ATTRIBUTES; test {id} != 2 || test -e ready"
              node_args: [id]
            b: {command_template: "/bin/pwd"}
            c: {command_template: "/bin/pwd", op_args: []}
          tasks:
            - {template: a, for_each: {id: {lines: ids.txt}}}
            - {template: b}
            - {template: c, compute_resources: {stdout: own, stderr: own}}
          """)
      // By a path from outside, then by id, then from inside the folder.
      let ended = try script(
        sandbox,
        """
        mkdir "$odd"; mv workflow.yaml "$odd"; printf '1\\n2\\n' > "$odd/ids.txt"
        (cd "$odd" && pwd) > expected
        ! $jobmon run "$odd/workflow.yaml" >&2
        cmp "$odd/where.1" expected; cmp "$odd/finish" expected
        cmp logs/1-*/b/0/b.o* expected; cmp "$odd"/own/c.o* expected
        touch "$odd/ready"
        $jobmon workflow_resume -w 1 >&2
        cd "$odd"; rm where.2; $jobmon run workflow.yaml --resume >&2
        $jobmon run workflow.yaml --workflow-args again >&2
        cmp where.2 ../expected
        """)
      #expect(ended.status == 0, "\(ended)")
      #expect(
        try sandbox.query("SELECT count(*) FROM task WHERE written != '{}' AND written IS NOT NULL") == "4\n")
      // The display shows the name unchanged.
      let said = Data(bytes(sandbox.path("out/1.stderr")))
      #expect(said.range(of: Data([0x61, 0xFF, 0x62])) != nil)
      #expect(said.range(of: Data("\u{10FEFF}".utf8)) == nil)
    }

    @Test func homesAndLogFoldersMayHaveNamesThatAreNotUTF8() throws {
      let sandbox = try Sandbox()
      sandbox.environment["JOBMON__LOGS__DIRECTORY"] = nil
      try sandbox.write(
        "workflow.yaml",
        Self.head + """
          task_templates: {a: {command_template: "echo out; echo err >&2; exit 3"}}
          tasks: [{template: a}]
          """)
      let ended = try script(
        sandbox,
        """
        mkdir "$odd"; HOME=$PWD/$odd; export HOME
        printf 'ui: {progress: false}\\n' > "$HOME/.jobmon.yaml"
        ! $jobmon run workflow.yaml > told 2>&1
        test -f "$HOME"/.jobmon/logs/1-*/a/0/a.o*
        $jobmon config | grep "$odd/.jobmon.yaml" >&2
        test "$($jobmon logs -t 1 --stdout)" = out
        $jobmon run workflow.yaml --resume -o json > result || test $? = 1
        $jobmon db_prune -w 1 --logs -f >&2
        ! ls -d "$HOME"/.jobmon/logs/1-*
        """)
      #expect(ended.status == 0, "\(ended)")
      // The last lines of standard error were found, and the path is printed byte for byte.
      let told = bytes(sandbox.path("told"))
      #expect(told.contains(0xFF), "\(sandbox.read("told"))")
      #expect(sandbox.read("told").contains("err"))
      let result = try #require(
        try JSONSerialization.jsonObject(with: Data(sandbox.read("result").utf8)) as? [String: Any])
      let failed = try #require((result["failed_tasks"] as? [[String: Any]])?.first)
      #expect(failed["stderr_tail"] as? String == "err")
      #expect((failed["stderr"] as? String)?.contains("a\u{10FEFF}b") == true, "\(failed)")
    }

    @Test func databasesNeedAPathInUTF8() throws {
      let sandbox = try Sandbox()
      sandbox.environment["JOBMON_DATABASE"] = nil
      let ended = try script(
        sandbox,
        """
        mkdir "$odd"; HOME=$PWD/$odd; export HOME
        $jobmon workflow_status 2> told || echo $? > code
        cd "$odd"; $jobmon workflow_status --database jobmon.db 2>> ../told || echo $? >> ../code
        """)
      #expect(ended.status == 0, "\(ended)")
      #expect(sandbox.read("code") == "2\n2\n")
      let lines = sandbox.read("told").split(separator: "\n")
      #expect(
        lines.count == 2 && lines.allSatisfy { $0.contains("not UTF-8") && $0.contains("--database") },
        "\(lines)")
    }

    @Test func argumentsOfTasksMustBeUTF8() throws {
      let sandbox = try Sandbox()
      try sandbox.write(
        "workflow.yaml",
        Self.head + """
          params: {p: 1}
          task_templates: {a: {command_template: "printf '%s' '{p}' > said; printf %s \\"$JOBMON_ARG_P\\" > variable", op_args: [p]}}
          tasks: [{template: a}]
          """)
      let refused = try script(sandbox, "$jobmon run workflow.yaml --set p=\"$odd\"")
      #expect(refused.status == 2 && refused.stderr.contains("not UTF-8 text"), "\(refused)")
      // The scalars that are used as escapes for such bytes are otherwise ordinary text.
      let text = "a\u{10FEFF}b\u{10FE80}"
      #expect(try sandbox.run("run", "workflow.yaml", "--set", "p=\(text)").status == 0)
      #expect(sandbox.read("said") == text && sandbox.read("variable") == text)
      try sandbox.write("other.yaml", sandbox.read("workflow.yaml").replacing("p: 1", with: "p: \(text)c"))
      #expect(try sandbox.run("run", "other.yaml", "--workflow-args", "y").status == 0)
      #expect(sandbox.read("said") == text + "c" && sandbox.read("variable") == text + "c")
    }
  }
}
