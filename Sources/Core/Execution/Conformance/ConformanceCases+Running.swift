import JobmonModel

// swift-format-ignore-file: OnlyOneTrailingClosureArgument

extension ConformanceCase {
  /// Opening the cluster, and validating requests.
  static let opening: [ConformanceCase] = [
    ConformanceCase("info", "the cluster describes itself after start") { bench in
      let description = bench.description
      if case .core(let nodes) = description.placement {
        try Nonconformance.unless(
          !nodes.isEmpty && nodes.allSatisfy { $0.cores > 0 && $0.memory > 0 },
          "no nodes, or nodes without cores or memory")
      }
      let words = ExecutorCapability.wireWords.filter { description.capabilities.contains($0.value) }.keys
      return "\(words.sorted().joined(separator: ", ")); max_batch \(description.maxBatch)"
    },
    ConformanceCase("validate", "every request gets one verdict, in order") { bench in
      let requests = [ResourceRequest(), ResourceRequest(cores: 1, memory: 1 << 20)]
      bench.executor.validate(requests)
      let verdicts = bench.wait { events in
        events.lazy.compactMap { if case .validated(requests, let verdicts) = $0 { verdicts } else { nil } }
          .first
      }
      guard let verdicts else { throw Nonconformance("no verdicts") }
      try Nonconformance.unless(verdicts.count == 2, "\(verdicts.count) verdicts for 2 requests")
      try Nonconformance.unless(verdicts[0] == .ok, "the smallest request is not ok: \(verdicts[0])")
      return "2 verdicts"
    },
    ConformanceCase("validate too much", "a request that no node can fulfil is refused or reduced") {
      bench in
      let request = ResourceRequest(cores: 10_000_000)
      bench.executor.validate([request])
      let verdict = bench.wait { events in
        events.lazy.compactMap {
          if case .validated([request], let verdicts) = $0 { verdicts.first } else { nil }
        }.first
      }
      switch verdict {
      case nil: throw Nonconformance("no verdict")
      case .ok?: throw Nonconformance("10,000,000 cores were accepted")
      case .coerced(let other, _)?: return "reduced to \(other.cores) cores"
      case .impossible(let why)?: return why
      }
    },
  ]

  /// Running commands.
  static let running: [ConformanceCase] = [
    ConformanceCase("accept and run", "a task is accepted once and ends once, and its times are in order") {
      bench in
      let instance = bench.submit(.init("true"))
      let outcome = try bench.outcome(of: instance)
      try Nonconformance.unless(outcome.cause == .exit(0), "true ended with \(outcome.cause)")
      if let started = outcome.started, let ended = outcome.ended {
        try Nonconformance.unless(started <= ended, "the task ended before it started")
      }
      let verdicts = bench.events.count {
        if case .submitted([instance], .accepted) = $0 { true } else { false }
      }
      let ends = bench.events.count { if case .ended(instance, _) = $0 { true } else { false } }
      try Nonconformance.unless(
        verdicts == 1 && ends == 1, "the task was accepted \(verdicts) times and ended \(ends) times")
      bench.executor.acknowledge([instance])
      return "accepted, ended with exit 0"
    },
    ConformanceCase("exit codes", "exit codes are reported unchanged", unless: \.runsNothing) { bench in
      for code in [1, 3, 126, 127, 255] {
        let cause = try bench.run(.init("exit \(code)")).cause
        try Nonconformance.unless(cause == .exit(code), "exit \(code) is reported as \(cause)")
      }
      let missing = try bench.run(.init("no_such_command_at_all")).cause
      try Nonconformance.unless(missing == .exit(127), "a missing command is reported as \(missing)")
      return "1, 3, 126, 127, 255"
    },
    ConformanceCase(
      "signals", "a command killed by a signal is reported with the number of the signal",
      unless: \.runsNothing
    ) {
      bench in
      for number in [9, 11] {
        let cause = try bench.run(.init("kill -\(number) $$")).cause
        try Nonconformance.unless(cause == .signal(number), "signal \(number) is reported as \(cause)")
      }
      return "9, 11"
    },
    ConformanceCase("arguments", "the command's text reaches the shell unchanged", unless: \.runsNothing) {
      bench in
      let nasty = #"a 'b' "c" \ $HOME `x` * ? ~ # ; & | < > ( ) { } ! % ä 😀"#
      let quoted = ShellWord.quoted(nasty)
      let instance = bench.submit(.init("printf '%s|' \(quoted) '' 'two\nlines' \"tab\there\""))
      try Nonconformance.unless(try bench.outcome(of: instance).cause == .exit(0), "printf failed")
      let expected = "\(nasty)||two\nlines|tab\there|"
      let found = bench.stdout(instance) ?? "no output"
      try Nonconformance.unless(found == expected, "expected \(expected), found \(found)")
      return "quotes, blanks, newlines, Unicode"
    },
    ConformanceCase(
      "environment", "environment variables are passed unchanged and override those of the driver",
      unless: \.runsNothing
    ) {
      bench in
      let instance = bench.submit(
        .init(
          #"printf '%s|' "$CHECK_A" "$CHECK_B" "${CHECK_C-unset}" "$JOBMON_TOKEN" "$CHECK_DRIVER""#,
          environment: ["CHECK_A=x=y 'z' \"\u{e4}\"", "CHECK_B=two\nlines", "CHECK_C="]))
      try Nonconformance.unless(try bench.outcome(of: instance).cause == .exit(0), "printf failed")
      let found = bench.stdout(instance) ?? "no output"
      let parts = found.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
      try Nonconformance.unless(
        parts.count == 6 && parts[0] == "x=y 'z' \"\u{e4}\"" && parts[1] == "two\nlines" && parts[2].isEmpty
          && parts[3].hasSuffix(".0") && parts[4] == "from the driver", "found \(found)")
      return "4 variables, and one of the driver"
    },
    ConformanceCase(
      "surroundings", "commands run in the working directory, with empty standard input",
      unless: \.runsNothing,
      attempt: { bench in
        let instance = bench.submit(.init("pwd -P; wc -c; ulimit -c >/dev/null; echo end"))
        try Nonconformance.unless(try bench.outcome(of: instance).cause == .exit(0), "the command failed")
        let lines = TextLines.split(bench.stdout(instance) ?? "").map {
          $0.trimmingPrefix { $0 == " " }
        }
        let folder = bench.resolvedFolder
        try Nonconformance.unless(
          lines.count == 3 && lines[0] == folder && lines[1] == "0" && lines[2] == "end", "found \(lines)")
        return folder
      }),
    ConformanceCase(
      "logs", "standard output and standard error are written to their files, or both to one file",
      unless: \.runsNothing
    ) {
      bench in
      let two = bench.submit(.init("echo out; echo err >&2"))
      let one = bench.submit(.init("echo out; echo err >&2; echo out", oneFile: true))
      _ = try bench.outcome(of: two)
      _ = try bench.outcome(of: one)
      try Nonconformance.unless(
        bench.stdout(two) == "out\n" && bench.stderr(two) == "err\n",
        "found \(bench.stdout(two) ?? "no file") and \(bench.stderr(two) ?? "no file")")
      try Nonconformance.unless(
        bench.stdout(one) == "out\nerr\nout\n", "one file for both has \(bench.stdout(one) ?? "nothing")")
      return "two files, one file"
    },
    ConformanceCase(
      "usage", "the reported usage is correct",
      unless: {
        $0.runsNothing
          ?? ($0.description.capabilities.contains(.reportsUsage) ? nil : "the cluster does not report usage")
      },
      attempt: { bench in
        let instance = bench.submit(.init("sleep 1"))
        let usage =
          try bench.outcome(of: instance).usage
          ?? bench.wait(10) { events in
            events.lazy.compactMap { if case .usage(instance, let usage) = $0 { usage } else { nil } }.first
          }
        guard let wall = usage?.wall else { throw Nonconformance("no wall time") }
        try Nonconformance.unless((0.9...30).contains(wall), "sleep 1 took \(wall) s")
        return "sleep 1 took \(wall) s"
      }),
    ConformanceCase("1,000 tasks", "1,000 small tasks end exactly once each") { bench in
      var left = 1000
      var instances: [TaskInstanceID] = []
      while left > 0 {
        let count = min(left, bench.width)
        let batch = bench.submit(Array(repeating: .init("true"), count: count))
        for task in batch.tasks {
          let cause = try bench.outcome(of: task.instance).cause
          try Nonconformance.unless(cause == .exit(0), "a task ended with \(cause)")
        }
        let now = batch.tasks.map(\.instance)
        bench.executor.acknowledge(now)
        instances += now
        left -= count
      }
      var ends: [TaskInstanceID: Int] = [:]
      for case .ended(let instance, _) in bench.events { ends[instance, default: 0] += 1 }
      let wrong = instances.count { ends[$0] != 1 }
      try Nonconformance.unless(wrong == 0, "tasks that did not end exactly once: \(wrong)")
      return "1,000 tasks ended once each"
    },
  ]
}
