import JobmonModel

// swift-format-ignore-file: OnlyOneTrailingClosureArgument

extension ConformanceCase {
  /// Duplicate submissions, and recovery after a restart.
  static let recovering: [ConformanceCase] = [
    ConformanceCase("duplicate token", "a batch that is submitted twice runs once") { bench in
      let runs = !bench.description.capabilities.contains(.simulates)
      let batch = bench.submit([.init("echo x >> count; sleep 1", simulated: 1)])
      bench.executor.submit(batch)
      let instance = batch.tasks[0].instance
      let cause = try bench.outcome(of: instance).cause
      try Nonconformance.unless(cause == .exit(0), "the task ended with \(cause)")
      // After another submission has ended, any events of the second one have been reported too.
      _ = try bench.run(.init("sleep 2", simulated: 2))
      let ends = bench.events.count { if case .ended(instance, _) = $0 { true } else { false } }
      try Nonconformance.unless(ends == 1, "the task ended \(ends) times")
      guard runs else { return "ended once" }
      let lines = bench.text("count")?.count { $0 == "\n" } ?? 0
      try Nonconformance.unless(lines == 1, "the task ran \(lines) times")
      return "ran once"
    },
    ConformanceCase("recover a stranger", "an instance that was never submitted is reported as absent") {
      bench in
      let instance = TaskInstanceID.max - 7
      bench.executor.recover([
        RecoverableBatch(
          token: "0123456789ab-0", resources: ResourceRequest(),
          instances: [.init(index: 0, instance: instance, handle: nil)], cancel: false)
      ])
      try bench.expect("answer absent") { $0 == .recovered(instance, .absent) }
      return "absent"
    },
    ConformanceCase(
      "recover what runs",
      "the next driver finds running tasks by handle and by token, and receives their outcomes",
      unless: outlives,
      attempt: { bench in
        let batch = bench.submit([
          .init("echo x > mark; while [ ! -e gate ]; do sleep 0.1; done; echo out; exit 5"),
          .init("echo x > mark2; while [ ! -e gate ]; do sleep 0.1; done"),
        ])
        try bench.waitForStart(batch.tasks[0].instance, mark: "mark")
        try bench.waitForStart(batch.tasks[1].instance, mark: "mark2")
        let handles = batch.tasks.map { bench.handle(of: $0.instance) }
        let next = try bench.successor()
        defer { next.stop() }
        // One by its handle, the other by its token alone.
        next.executor.recover([batch.recoverable(handles: [handles[0], nil])])
        for task in batch.tasks {
          try next.expect("answer running") {
            if case .recovered(task.instance, .running) = $0 { true } else { false }
          }
        }
        try next.write("gate", "open\n")
        let causes = try batch.tasks.map { try next.outcome(of: $0.instance).cause }
        try Nonconformance.unless(causes == [.exit(5), .exit(0)], "the tasks ended with \(causes)")
        try Nonconformance.unless(
          next.stdout(batch.tasks[0].instance) == "out\n",
          "the output of the first task is \(next.stdout(batch.tasks[0].instance) ?? "gone")")
        next.executor.acknowledge(batch.tasks.map(\.instance))
        return "running, then exit 5 and exit 0"
      }),
    ConformanceCase(
      "recover what ended", "an outcome is repeated until it is acknowledged", unless: outlives,
      attempt: { bench in
        let batch = bench.submit([.init("exit 6")])
        let instance = batch.tasks[0].instance
        _ = try bench.outcome(of: instance)
        let next = try bench.successor()
        defer { next.stop() }
        next.executor.recover([batch.recoverable(handles: [nil])])
        let cause = try next.outcome(of: instance).cause
        try Nonconformance.unless(cause == .exit(6), "the task ended with \(cause)")
        next.executor.acknowledge([instance])
        return "exit 6, again"
      }),
    ConformanceCase(
      "recover and cancel", "a cold resume reports a running task as ended only after it has ended",
      unless: outlives,
      attempt: { bench in
        let batch = bench.submit([.init("while :; do echo x >> beat; sleep 0.1; done")])
        let instance = batch.tasks[0].instance
        try bench.waitForStart(instance, mark: "beat")
        let handle = bench.handle(of: instance)
        let next = try bench.successor()
        defer { next.stop() }
        next.executor.recover([batch.recoverable(handles: [handle], cancel: true)])
        try next.expect("report that the task has ended") { event in
          switch event {
          case .recovered(instance, .absent), .recovered(instance, .ended), .ended(instance, _): true
          default: false
          }
        }
        try Nonconformance.unless(!next.isGrowing("beat"), "the task is still running")
        return "gone"
      }),
    ConformanceCase(
      "kill the plugin", "a killed plugin is restarted, and no task is lost or run twice",
      unless: {
        $0.isProgram ? nil : "the cluster runs inside this program"
      },
      attempt: { bench in
        let runs = !bench.description.capabilities.contains(.simulates)
        let instance = bench.submit(
          .init("echo x >> count; while [ ! -e gate ]; do sleep 0.1; done; exit 7", simulated: 100_000))
        try bench.waitForStart(instance, mark: runs ? "count" : nil)
        (bench.executor as? WireExecutor)?.killProgram()
        try bench.expect("answer about the task after the restart") {
          if case .recovered(instance, _) = $0 { true } else { false }
        }
        try bench.write("gate", "open\n")
        if bench.description.outlivesDriver {
          let cause = try bench.outcome(of: instance).cause
          try Nonconformance.unless(cause == .exit(7), "the task ended with \(cause)")
        }
        let lines = bench.text("count")?.count { $0 == "\n" } ?? 0
        try Nonconformance.unless(lines <= 1, "the task ran \(lines) times")
        let after = try bench.run(.init("true")).cause
        try Nonconformance.unless(after == .exit(0), "the next task ended with \(after)")
        return bench.description.outlivesDriver ? "recovered, exit 7" : "recovered"
      }),
  ]

  private static let outlives: @Sendable (ConformanceSubject) -> String? = { subject in
    subject.description.outlivesDriver ? subject.runsNothing : "its tasks end with the driver"
  }
}

extension Batch {
  fileprivate func recoverable(handles: [String?], cancel: Bool = false) -> RecoverableBatch {
    RecoverableBatch(
      token: token, resources: resources,
      instances: zip(tasks, handles).map { .init(index: $0.index, instance: $0.instance, handle: $1) },
      cancel: cancel)
  }
}

extension ConformanceBench {
  /// The cluster's handle of an instance, if it has one.
  fileprivate func handle(of instance: TaskInstanceID) -> String? {
    wait { events in
      events.lazy.compactMap { event -> String?? in
        if case .submitted(let instances, .accepted(let handle)) = event, instances.contains(instance) {
          return .some(handle)
        }
        return nil
      }.first
    } ?? nil
  }
}
