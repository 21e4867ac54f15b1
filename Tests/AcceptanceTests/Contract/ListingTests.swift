import Foundation
import Testing

extension Acceptance {
  /// What all listings have in common, and the columns of each.
  struct ListingTests {
    private func done() throws -> Sandbox {
      let sandbox = try Sandbox()
      let file = try sandbox.write(
        "workflow.yaml",
        """
        tool: t
        name: n
        workflow_args: x
        default_max_attempts: 2
        task_templates:
          work: {command_template: "echo {n}; sleep 0.05", node_args: [n]}
          bad: {command_template: "echo oh >&2; exit 3"}
          last: {command_template: "true"}
        tasks:
          - {template: work, for_each: {n: {range: [1, 7]}}}
          - {template: bad, upstream: [{template: work}]}
          - {template: last, upstream: [{template: bad}]}
        """)
      #expect(try sandbox.run("run", file).status == 1)
      return sandbox
    }

    private static let listings: [(command: [String], columns: String)] = [
      (
        ["workflow_status"],
        "WF_ID WF_NAME WF_STATUS CREATED_DATE TASKS PENDING SCHEDULED RUNNING DONE FATAL RETRIES"
      ),
      (["workflow_tasks", "-w", "1"], "TASK_ID TASK_NAME STATUS RETRIES"),
      (
        ["task_status", "-t", "1"],
        "TASK_ID TASK_STATUS TASK_INSTANCE_ID DISTRIBUTOR_ID STATUS RESOURCE_USAGE STDOUT STDERR ERROR_TRACE"
      ),
      (["task_dependencies", "-t", "8"], "DIRECTION TASK_ID TASK_NAME STATUS"),
      (
        ["get_filepaths", "-w", "1"],
        "TASK_ID TASK_NAME ARRAY_NAME TASK_INSTANCE_ID OUTPUT_PATH ERROR_PATH"
      ),
      (["errors", "-w", "1"], "COUNT SAMPLE FIRST_SEEN LAST_SEEN TASK_IDS ATTEMPTS HOSTS"),
      (["history", "-w", "1"], "SEQ TIME KIND ID TASK_NAME FROM TO BY CAUSE"),
      (
        ["task_template_resources", "-w", "1"],
        "TTV_ID TEMPLATE COUNT MIN_MEMORY MEAN_MEMORY MEDIAN_MEMORY P95_MEMORY MAX_MEMORY MIN_RUNTIME MEAN_RUNTIME MEDIAN_RUNTIME P95_RUNTIME MAX_RUNTIME"
      ),
      (["config"], "KEY VALUE ORIGIN"),
    ]

    /// Keys that exist only in JSON, if there is a value.
    private static let more: [String: Set<String>] = [
      "task_status": ["cause", "exit_code", "wall_seconds", "cpu_seconds", "peak_memory_bytes"],
      "errors": ["last_task_instance_id"],
      "workflow_tasks": [
        "template", "attempts", "duration", "memory", "node", "exit", "duration_seconds", "peak_memory_bytes",
        "cpu_seconds", "cause", "exit_code", "started", "ended",
      ],
    ]

    @Test func columnsAndKeysOfEveryListing() throws {
      let numbers: Set = [
        "wf_id", "tasks", "done", "retries", "task_id", "task_instance_id", "count", "seq", "id", "ttv_id",
        "min_runtime",
      ]
      let sandbox = try done()
      for (command, columns) in Self.listings {
        let names = columns.split(separator: " ").map(String.init)
        let table = try sandbox.start(["\(Sandbox.programs)/jobmon"] + command).wait()
        #expect(table.status == 0, "\(table)")
        let header = table.stdout.split(separator: "\n").first?.split(separator: " ").map(String.init)
        #expect(header == names, "\(command)")
        for json in [["-n"], ["--json"], ["-o", "json"], ["--output", "json"]] {
          let listed = try sandbox.start(["\(Sandbox.programs)/jobmon"] + command + json).wait()
          let rows = try JSONSerialization.jsonObject(with: Data(listed.stdout.utf8)) as? [[String: Any]]
          let first = try #require(rows?.first, "\(listed)")
          let keys = Set(first.keys)
          let columns = Set(names.map { $0.lowercased() })
          #expect(
            keys.isSuperset(of: columns)
              && keys.subtracting(columns).isSubset(of: Self.more[command[0], default: []]),
            "\(command): \(keys)"
          )
          for (key, value) in first where numbers.contains(key) {
            #expect(value is Int || value is Double, "\(command): \(key) is \(value)")
          }
        }
        let help = try sandbox.start(["\(Sandbox.programs)/jobmon", command[0], "-h"]).wait()
        #expect(help.status == 0 && help.stdout.contains("USAGE"), "\(help)")
      }
    }

    @Test func theFactsOfAFailureAreKeys() throws {
      let failures = try done().rows("task_status", "-t", "8")
      #expect(failures.map { $0["cause"] as? String } == ["exit", "exit"])
      #expect(failures.map { $0["failure_class"] as? String } == ["application", "application"])
      #expect(failures.map { $0["exit_code"] as? Int } == [3, 3])
      #expect(failures.map { $0["is_retry"] as? Bool } == [true, false])
      #expect(failures.map { $0["last_attempt"] as? String } == [nil, "attempts_used"])
      #expect(failures.allSatisfy { $0["wall_seconds"] is Double && $0["signal"] == nil })
    }

    @Test func otherOutputIsAnObject() throws {
      let sandbox = try Sandbox()
      let made = try sandbox.run("init", "new.yaml", "-n")
      #expect(try made.object()["changed"] as? Int == 1 && sandbox.exists("new.yaml"), "\(made)")
      #expect(try sandbox.run("db_path", "-n").object()["path"] as? String == sandbox.path("jobmon.db"))
      #expect(try sandbox.run("version", "--json").object()["version"] is String)
    }

    @Test func numbersOfRowsAreLimited() throws {
      let sandbox = try done()
      for (command, all) in [("workflow_tasks", 9), ("get_filepaths", 9)] {
        #expect(try sandbox.rows(command, "-w", "1").count == 5, "\(command)")
        #expect(try sandbox.rows(command, "-w", "1", "-l", "2").count == 2, "\(command)")
        #expect(try sandbox.rows(command, "-w", "1", "-l", "0").count == all, "\(command)")
        #expect(try sandbox.run(command, "-w", "1", "-l", "-1").status == 2, "\(command)")
      }
    }

    @Test func severalIDsInBothForms() throws {
      let sandbox = try done()
      for ids in [["-t", "1", "2"], ["-t", "1", "-t", "2"]] {
        let listed = try sandbox.start(["\(Sandbox.programs)/jobmon", "task_status", "-n"] + ids).wait()
        let rows = try JSONSerialization.jsonObject(with: Data(listed.stdout.utf8)) as? [[String: Any]]
        #expect(rows?.map { $0["task_id"] as? Int } == [1, 2], "\(listed)")
      }
      #expect(try sandbox.rows("task_template_resources", "-t", "1", "2").count == 2)
      #expect(try sandbox.rows("task_template_resources", "-t", "1", "-t", "2").count == 2)
    }

    @Test(
      arguments: [
        ["workflow_status", "-w", "9"], ["workflow_tasks", "-w", "9"], ["task_status", "-t", "99"],
        ["task_dependencies", "-t", "99"], ["get_filepaths", "-w", "9"], ["errors", "-w", "9"],
        ["history", "-w", "9"], ["workflow_reset", "-w", "9", "-f"], ["task_template_resources", "-w", "9"],
        ["task_template_resources", "-t", "99"], ["task_template_resources", "--template", "wrok"],
        ["create_resource_yaml", "-w", "9"], ["create_resource_yaml", "-t", "99"],
      ])
    func unknownIDsAreRefused(command: [String]) throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write(
        "w.yaml", "{tool: t, task_templates: {work: {command_template: 'true'}}, tasks: [{template: work}]}")
      #expect(try sandbox.run("bind", file).status == 0)
      let refused = try sandbox.start(["\(Sandbox.programs)/jobmon"] + command).wait()
      #expect(refused.status == 2, "\(refused)")
      #expect(refused.stderr.contains("there is no"), "\(refused)")
    }

    @Test func dependenciesOfATask() throws {
      let sandbox = try done()
      let rows = try sandbox.rows("task_dependencies", "-t", "8")
      #expect(
        rows.map { "\($0["direction"] ?? "") \($0["task_name"] ?? "") \($0["status"] ?? "")" }
          == (1...7).map { "UPSTREAM work_n-\($0) DONE" } + ["DOWNSTREAM last PENDING"])
    }

    @Test func logFilesByArrayAndJob() throws {
      let sandbox = try done()
      let bad = try sandbox.rows("get_filepaths", "-w", "1", "-a", "bad", "-l", "0")
      #expect(bad.count == 2 && bad.allSatisfy { $0["array_name"] as? String == "bad" })
      let path = try #require(bad.first?["error_path"] as? String)
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "oh\n")
      let one = try sandbox.rows("get_filepaths", "-w", "1", "-j", "work_n-3")
      #expect(one.map { $0["task_name"] as? String } == ["work_n-3"])
      let output = try #require(one.first?["output_path"] as? String)
      #expect(try String(contentsOfFile: output, encoding: .utf8) == "3\n")
    }

    @Test func workflowsSinceATime() throws {
      let sandbox = try done()
      #expect(try sandbox.rows("workflow_status", "--since", "1h").count == 1)
      #expect(try sandbox.rows("workflow_status", "--since", "2001-02-03").count == 1)
      #expect(try sandbox.rows("workflow_status", "--since", "2999-01-01T00:00:00Z").isEmpty)
      #expect(try sandbox.run("workflow_status", "--since", "soon").status == 2)
    }

    /// What bash offers after these words.
    private func offered(_ line: String, _ sandbox: Sandbox) throws -> [String] {
      try sandbox.write(
        "complete.sh",
        """
        PATH="\(Sandbox.programs):$PATH"
        eval "$(jobmon --generate-completion-script bash)"
        COMP_LINE="\(line)" COMP_POINT=${#COMP_LINE} COMP_WORDS=(\(line)) COMP_TYPE=9
        case "$COMP_LINE" in *" ") COMP_WORDS+=("");; esac
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _jobmon jobmon "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        printf '%s\\n' "${COMPREPLY[@]}"
        """)
      let ended = try sandbox.start(["bash", "complete.sh"]).wait()
      #expect(ended.status == 0, "\(ended)")
      return ended.stdout.split(whereSeparator: \.isWhitespace).map(String.init)
    }

    @Test func completions() throws {
      let sandbox = try Sandbox()
      for shell in ["zsh", "fish"] {
        let script = try sandbox.run("--generate-completion-script", shell)
        #expect(script.status == 0 && script.stdout.contains("workflow_status"), "\(shell)")
      }
      #expect(
        try offered("jobmon workflow_tasks -s ", sandbox) == [
          "PENDING", "SCHEDULED", "RUNNING", "DONE", "FATAL",
        ])
      #expect(
        try offered("jobmon create_resource_yaml --value-mem ", sandbox) == ["avg", "min", "max", "p95"])
      #expect(try offered("jobmon workflow_status -o ", sandbox) == ["table", "json", "csv"])
      #expect(try offered("jobmon update_task_status -s ", sandbox) == ["D", "G"])
      #expect(try offered("jobmon workflow_re", sandbox) == ["workflow_resume", "workflow_reset"])
      #expect(try offered("jobmon workflow_status --status H", sandbox) == ["HALTED"])
    }
  }
}
