import JobmonCore

/// An example of every case of every refusal reason of the core.
public enum CoreRefusals {
  /// The enums that the examples cover, and where they are declared.
  public static let enums = [
    ("DefinitionError", "Core/Model/DefinitionError.swift"),
    ("DefinitionError.TemplateFault", "Core/Model/DefinitionError.swift"),
    ("DefinitionError.NameFault", "Core/Model/DefinitionError.swift"),
    ("DefinitionError.RoleFault", "Core/Model/DefinitionError.swift"),
    ("PrivateFileFault", "Core/Model/PrivateFile.swift"),
    ("TextFault", "Core/Format/FormatFault.swift"),
    ("ValueFault", "Core/Format/FormatFault.swift"),
    ("WorkflowFileFault", "Core/Format/FormatFault.swift"),
    ("ConfigurationFault", "Core/Format/ConfigurationFault.swift"),
    ("SettingFault", "Core/Format/ConfigurationFault.swift"),
    ("SettingFault.ValueOfSetting", "Core/Format/ConfigurationFault.swift"),
    ("RegistryFault", "Core/Execution/RegistryFault.swift"),
    ("RegistryFault.Problem", "Core/Execution/RegistryFault.swift"),
    ("ClusterRefusal", "Core/Execution/RegistryFault.swift"),
    ("StoreError", "Core/Store/StoreError.swift"),
    ("StoreRefusal", "Core/Store/StoreRefusal.swift"),
    ("RerunRefusal", "Core/Store/Rerun/RerunRefusal.swift"),
    ("BackupRefusal", "Core/Store/Actions/BackupRefusal.swift"),
    ("RestoreRefusal", "Core/Store/Actions/RestoreRefusal.swift"),
    ("BindRefusal", "Core/Engine/BindRefusal.swift"),
    ("LeaseRefusal", "Core/Engine/LeaseRefusal.swift"),
    ("LeaseRefusal.Resistance", "Core/Engine/LeaseRefusal.swift"),
    ("ResumeRefusal", "Core/Engine/ResumeRefusal.swift"),
    ("PreflightRefusal", "Core/Engine/PreflightRefusal.swift"),
    ("ControlFault", "Core/Engine/PreflightRefusal.swift"),
    ("TraceFault", "Core/Traces/TraceFault.swift"),
    ("TraceFault.Misfit", "Core/Traces/TraceFault.swift"),
  ]

  /// Every example, enum by enum.
  public static var all: [any RefusalReason] {
    definition + files + configuration + registry + store + engine + traces
  }

  private static let definition: [DefinitionError] = [
    .noTasks(workflow: "w"), .emptyName(kind: "tool"), .longName(kind: "tool", characters: 151),
    .badName(kind: "tool", name: ".t", .leadingDot), .badName(kind: "tool", name: "a/b", .slash),
    .badName(kind: "tool", name: "a?b", .controlCharacter),
    .longTaskName(String(repeating: "n", count: 250)), .namelessTask, .badTaskName("a b", character: " "),
    .emptyTaskName(template: "t"), .repeatedTemplate("t"), .commandTemplate("echo {", .openBrace),
    .commandTemplate("echo }", .closingBrace), .commandTemplate("echo {1}", .noArgument("1")),
    .inTemplate("t", .emptyCommand), .inTemplate("t", .nulInCommand), .inTemplate("t", .negativeLimit(-1)),
    .inTemplate("t", .command("echo {", .openBrace)), .inTemplate("t", .undeclared("yaer", nearest: "year")),
    .inTemplate("t", .undeclared("x", nearest: nil)), .inTemplate("t", .badArgumentName("1a")),
    .inTemplate("t", .differingByCase("a", "A")), .inTemplate("t", .repeated("a", role: "node_args")),
    .inTemplate("t", .twoRoles("a", "node_args", "op_args")),
    .unknownArgument(template: "t", "yaer", nearest: "year", arguments: ["year"]),
    .unknownArgument(template: "t", "x", nearest: nil, arguments: ["year", "sex"]),
    .unknownArgument(template: "t", "x", nearest: nil, arguments: []),
    .missingArgument(template: "t", "year"),
    .argumentCount(task: "a", template: "t", given: 1, arguments: ["year", "sex"]),
    .argumentCount(task: "a", template: "t", given: 1, arguments: []),
    .nulInArgument(task: "a", argument: "year"), .nulInCommand(task: "a"),
    .longWord(task: "a", bytes: 200_000), .upstreamOutside(task: "a"), .cycle(["a", "b"]),
    .cycle((1...14).map { "t\($0)" }), .noNodeArgs(template: "t", tasks: ["a", "b"], differing: nil),
    .noNodeArgs(template: "t", tasks: ["a", "b"], differing: "year"),
    .repeatedNode(template: "t", node: "year=1", tasks: ["a", "b"]),
    .differingTaskArgs(
      template: "t", node: "year=1", tasks: ["a", "b"], argument: "sex", values: ["1", "2"]),
    .badSetting(owner: "task 'a'", key: "max_attempts", value: "0", expected: "1 or more"),
  ]

  private static let files: [any RefusalReason] =
    [PrivateFileFault.unwritable("/f", reason: "Permission denied")]
    + ([
      .missing, .folder, .unreadable(reason: nil), .unreadable(reason: "Is a directory"), .notUTF8, .empty,
      .longLine(longest: 64 << 20), .noEnd, .endsInLine, .hasMoreAfterEnd, .badEnd,
      .syntax("expected a comma or the object's closing brace"), .repeatedKey("tool"), .expansion, .merge,
    ] as [TextFault])
    + ([
      .expected("a whole number"), .expected("a whole number", found: "x"), .keyNotPlain,
      .unknownKey("tol", of: "a workflow file", nearest: "tool", known: ["tool"]),
      .unknownKey("x", of: "tasks", nearest: nil, known: ["lines", "csv"]), .tooSmall(-1, least: 0),
      .outside(0, 1...9), .notArgument, .alias, .memory(reason: MemorySize.fault("1X")), .runtime("1x"),
      .resourceMapping, .unknownResource("memroy", nearest: "memory"), .notScalable, .noRequests,
    ] as [ValueFault])
    + ([
      .missingKey("tool"), .needs("template", owner: nil),
      .needs("command_template", owner: "task_templates.t"),
      .badParameterName("1a"), .unknownParameter("yaer", nearest: "year"),
      .unknownParameter("x", nearest: nil), .placeholderSyntax("{1}", .noArgument("1")),
      .unknownPlaceholder("yaer", nearest: "year"), .unknownPlaceholder("x", nearest: nil),
      .unreadableFile("/f"), .fileNotUTF8("/f"), .badInclude("/f", reason: "there is no such file"),
      .unknownTemplate("cuont", nearest: "count", known: ["count"]),
      .unknownTemplate("x", nearest: nil, known: ["count", "add"]), .tooManyTasks(9_000_000, most: 1000),
      .tooManyTasks(nil, most: 1000), .unknownID("i"), .repeatedID("i"), .givenByForEach("year"),
      .noValue(.missingArgument(template: "t", "year")), .bothForEach, .emptyRange, .longRange(most: 1000),
      .emptyTable, .openQuote, .noFile("data/*.csv", directory: "/project"), .optionalWithoutGlob,
      .fieldCount(line: 3, 1, header: 2), .noTask("cuont", nearest: "count"),
      .noTask("x", nearest: nil), .severalTasks(2, named: "a", shown: ["t #1", "t #2"]),
      .noTemplate("x", nearest: nil), .noArgument("yaer", template: "t", nearest: "year"),
      .noMatch(template: "t", task: "a"),
    ] as [WorkflowFileFault])
    + [MemberFault("tasks[2].args", ValueFault.notArgument), MemberFault("", ValueFault.notArgument)]

  private static let configuration: [ConfigurationFault] = [
    .inFile(.unknown("ui.colour", nearest: "ui.color", known: ["ui.color"])),
    .inFile(.unknown("x", nearest: nil, known: ["ui.color", "ui.progress"])),
    .inVariable(
      "JOBMON__UI__COLOR", .badValue(key: "ui.color", .notWord("no", ["auto", "always", "never"]))),
    .given(.badValue(key: "ui.progress", .notWord("no", ["true", "false"]))),
    .given(.badValue(key: "engine.kill_grace", .notSpan("x"))),
    .given(.badValue(key: "heartbeat.interval", .noTime("0"))),
    .given(.badValue(key: "engine.infrastructure_attempts", .notAttempts("0"))),
    .given(.badValue(key: "logs.directory", .empty)), .missing("/f"), .unreadable("/f"),
    .untrusted("/f", reason: "can be written by others: run chmod go-w on it"), .notEditable(key: "ui.color"),
  ]

  private static let registry: [any RefusalReason] =
    [RegistryFault.missing(path: "/f")]
    + ([
      .unreadable(reason: nil), .unreadable(reason: "Permission denied"),
      .untrusted(reason: "can be written by others: run chmod go-w on it"),
      .notJSON(reason: "Unexpected end of file"),
      .notObject, .unknownKey("cluster"), .sectionNotObject("plugins"), .clusterNotObject("local"),
      .noPlugin(cluster: "local"), .unknownClusterKey("slots", cluster: "local"),
      .unknownPlugin("lokal", cluster: "local", known: ["dummy", "local"]),
      .optionsNotObject(cluster: "local"),
      .unknownBuiltin("lokal", plugin: "local", known: ["dummy", "local"]), .noStart(plugin: "local"),
    ] as [RegistryFault.Problem]).map { RegistryFault.bad(source: "/f", $0) }
    + ([
      .unknownCluster("lokal", nearest: "local", known: ["dummy", "local"]),
      .unknownCluster("x", nearest: nil, known: ["dummy", "local"]),
      .badOptions(reason: "cluster local: slots is a whole number"),
    ] as [RegistryFault])
    + ([.unusable("slurm", reason: "slurmctld does not answer"), .silent("slurm", milliseconds: 60_000)]
      as [ClusterRefusal])

  private static let difference = ChangePlan.Difference(
    templates: [.init(name: "count", old: "seq 1", new: "seq 2")],
    arguments: [.init(template: "count", argument: "number", before: "3", after: "5", tasks: 4)],
    added: .init([.init(template: "count", tasks: .init(count: 1, example: "w3"))]),
    gone: .init([.init(template: "count", tasks: .init(count: 2, example: "w0"))]), doneBefore: 5,
    keepable: 5,
    kept: .init(count: 3, example: "w5"),
    again: [.command: .init(count: 1, example: "w1"), .upstreams: .init(count: 1, example: "w2")],
    unfinished: .init(count: 2, example: "w6"))

  /// More changes than a message shows.
  private static let manyChanges = ChangePlan.Difference(
    templates: (1...20).map { .init(name: "t\($0)", old: "seq 1", new: "seq 2") }, doneBefore: 20,
    keepable: 20,
    again: [.command: .init(count: 20, example: "w1")])

  private static let store: [any RefusalReason] =
    ([
      .notFound("workflow 12"), .newerSchema(path: "/db", found: 9, known: 8),
      .olderSchema(path: "/db", found: 7, known: 8),
      .liveUpgrade(path: "/db", found: 7, known: 8, workflow: 3),
      .locked(path: "/db"), .readOnly(path: "/db"), .full(path: "/db"),
      .corrupt(path: "/db", "page 3 is lost"),
      .foreignLog(path: "/db", "its salt differs"), .untrusted(path: "/db", "can be written by others"),
      .unavailable(path: "/db", "disk I/O error"), .gone(path: "/db"), .leaseLost(7), .leaseLost(nil),
      .workflowDiffers(3, difference),
      .workflowDiffers(3, manyChanges),
      .workflowDiffers(
        3,
        ChangePlan.Difference(
          doneBefore: 5, keepable: 5, kept: .init(count: 4, example: "w1"),
          again: [.upstreams: .init(count: 1, example: "w5")])),
    ] as [StoreError])
    + ([
      .beingStored(3), .otherOwner(path: "/db", owner: "ann", isRoot: true),
      .otherOwner(path: "/db", owner: "ann", isRoot: false), .notRunning(3), .held(3, by: 7, host: "h"),
      .live(3, run: 7, pid: 99, host: "h"), .liveChanges(3, run: 7, pid: 99, host: "h"),
      .notReset(3, lastRun: nil), .notReset(3, lastRun: .init(user: "ann", status: "DONE")),
      .otherTasks(3, [8, 9]), .noDatabase(path: "/db"), .pathNotUTF8("/d\u{FFFD}"),
    ] as [StoreRefusal])
    + ([
      .running(3, task: "align_17"), .impossible(3, task: "align_17", "no node is large enough"),
      .noAnswer(3, run: 5, host: "h", seconds: 10),
    ] as [RerunRefusal])
    + ([
      .standardOutput, .pathNotUTF8("/d\u{FFFD}"), .exists("/f"),
      .unwritable("/f", reason: "Permission denied"),
    ] as [BackupRefusal])
    + ([
      .missing("/f"), .notRegular("/f"), .isDatabase("/f"), .notDatabase("/f"),
      .unreadable("/f", reason: "disk I/O error"), .unusable("/f", .locked(path: "/f")),
      .unusable("/f", .corrupt(path: "/f", "page 3 is lost")),
      .damaged("/f", findings: ["the table task differs", "row 3 of feed cannot be read"]), .live([3]),
      .live([3, 4]), .mayRun(3, attempts: 1, cluster: "slurm", reason: "job 5 is running"),
      .mayRun(3, attempts: 2, cluster: "slurm", reason: "job 5 is running"), .inUse(path: "/db", by: 99),
    ] as [RestoreRefusal])

  private static let holder = LeaseRefusal.Holder(
    run: 7, user: "ann", pid: 99, host: "h", since: Timestamp(rawValue: 1_767_225_600_000))
  private static let project = BindRefusal.OtherProject(
    workflow: 3, name: "a", folder: "/a", newName: "b", newFolder: "/b")

  private static let engine: [any RefusalReason] =
    ([
      .openAttempts(3), .noArgs(unfinished: []), .noArgs(unfinished: [3, 4]), .live(3, holder),
      .otherProject(project), .otherProjectChanged(project), .changesNotAccepted(3),
    ] as [BindRefusal])
    + ([nil, .younger, .askedByOther, .otherWasFaster, .notLetGo(seconds: 180)] as [LeaseRefusal.Resistance?])
    .map { LeaseRefusal.held(3, holder, $0) }
    + ([.unknown(3), .done(3), .exists(3), .cutShort(3), .replaced(3, by: 4)] as [ResumeRefusal])
    + ([
      .cannotRun(task: "a", cluster: "local", reason: "requests 8 cores, here has 2"),
      .unknownResource("memroy", owner: "task 'a'", cluster: "local", nearest: "memory", known: ["memory"]),
      .unknownResource("x", owner: "task 'a'", cluster: "local", nearest: nil, known: ["cores", "memory"]),
      .cannotLeave(cluster: "local"), .workingDirectory("/w", reason: "it is not there"),
      .logFolder("/l", reason: "Permission denied"),
      .mixedClocks(simulated: "dummy", others: ["local", "slurm"]),
      .noResolver(callback: "memory_of"), .recorder(path: "/r", reason: "Permission denied"),
    ] as [PreflightRefusal])
    + ([.noID, .noAnswer, .unknownType("x")] as [ControlFault])

  private static let traces: [TraceFault] = [
    .notWfFormat(path: "/f", place: "", .notJSON(reason: "The given data was not valid JSON.")),
    .notWfFormat(path: "/f", place: "workflow.tasks[3]", .missing(key: "name")),
    .notWfFormat(path: "/f", place: "workflow.tasks[3].name", .undecodable(reason: "Expected a string")),
    .noTasks(path: "/f"), .repeatedTask("t", path: "/f"),
    .unknownTask("tt", role: .parent, of: "t", nearest: nil, path: "/f"),
    .unknownTask("tt", role: .child, of: "t", nearest: "t", path: "/f"), .tooManyEdges(9, workflow: 3),
  ]
}
