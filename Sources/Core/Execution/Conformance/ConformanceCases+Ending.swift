import JobmonModel

// swift-format-ignore-file: OnlyOneTrailingClosureArgument

extension ConformanceCase {
  /// Cancelling tasks.
  static let cancelling: [ConformanceCase] = [
    ConformanceCase(
      "cancel a running task",
      "a running task and its descendants end, and the cancellation and the end are reported"
    ) { bench in
      let runs = !bench.description.capabilities.contains(.simulates)
      let instance = bench.submit(
        runs
          ? .init("(while :; do echo x >> beat; sleep 0.1; done) & wait", simulated: 100_000) : .endless)
      try bench.waitForStart(instance, mark: runs ? "beat" : nil)
      bench.executor.cancel([instance])
      try bench.expect("answer to cancel") { $0 == .cancelled(instance, .requested) }
      let cause = try bench.outcome(of: instance).cause
      try Nonconformance.unless(!cause.isSuccess, "the cancelled task was reported as successful")
      if runs, bench.isGrowing("beat") { throw Nonconformance("a descendant of the task is still running") }
      return "ended with \(cause.word)"
    },
    ConformanceCase("cancel at once", "a task that is cancelled right after its submission ends") {
      bench in
      let instance = bench.submit(.endless)
      bench.executor.cancel([instance])
      try bench.expect("answer to cancel") { if case .cancelled(instance, _) = $0 { true } else { false } }
      let cause = try bench.outcome(of: instance).cause
      try Nonconformance.unless(!cause.isSuccess, "the cancelled task was reported as successful")
      return "ended with \(cause.word)"
    },
    ConformanceCase("cancel an ended task", "cancelling a task that has ended has no effect and is answered")
    {
      bench in
      let instance = bench.submit(.init("true"))
      _ = try bench.outcome(of: instance)
      bench.executor.cancel([instance])
      try bench.expect("answer already_ended") { $0 == .cancelled(instance, .alreadyEnded) }
      let ends = bench.events.count { if case .ended(instance, _) = $0 { true } else { false } }
      try Nonconformance.unless(ends == 1, "the task ended \(ends) times")
      return "already_ended"
    },
  ]

  /// Enforcing the limits that the cluster declares.
  static let limits: [ConformanceCase] = [
    ConformanceCase(
      "runtime limit", "a task that exceeds its requested runtime is ended, and the cause is reported",
      unless: {
        $0.description.capabilities.contains(.enforcesRuntime) ? nil : "the cluster does not enforce runtime"
      },
      attempt: { bench in
        let outcome = try bench.run(.endless, ResourceRequest(runtime: 1))
        try Nonconformance.unless(outcome.cause == .runtime, "the task ended with \(outcome.cause)")
        return "ended with runtime"
      }),
    ConformanceCase(
      "memory limit", "a task that exceeds its requested memory is ended, and the cause is reported",
      unless: {
        $0.runsNothing
          ?? ($0.description.capabilities.contains(.enforcesMemory)
            ? nil : "the cluster does not enforce memory")
      },
      attempt: { bench in
        // One process that uses a few hundred megabytes until it is ended.
        let outcome = try bench.run(
          .init(#"exec awk 'BEGIN { while (n < 4000000) a[n++] = n ""; for (;;) system("sleep 1") }'"#),
          ResourceRequest(memory: 100 << 20))
        try Nonconformance.unless(outcome.cause == .memory, "the task ended with \(outcome.cause)")
        return "ended with memory"
      }),
    ConformanceCase(
      "stop", "tasks that do not outlive the driver are ended when the driver stops",
      unless: {
        $0.runsNothing ?? ($0.description.outlivesDriver ? "its tasks outlive the driver" : nil)
      },
      attempt: { bench in
        let instance = bench.submit(.init("while :; do echo x >> beat; sleep 0.1; done"))
        try bench.waitForStart(instance, mark: "beat")
        bench.stop()
        try Nonconformance.unless(!bench.isGrowing("beat"), "the task is still running")
        return "no task is running"
      }),
  ]
}
