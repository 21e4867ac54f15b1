import Foundation
import JobmonCore
import WorkerProtocol

/// The thread that talks to the controller: requests as they come, and questions at their pace.
extension SlurmExecutor {
  func talk(_ opening: Opened) {
    guard let opened = open(opening) else { return }
    thread("reports") { [self] in lookForReports(opened) }
    var pace = SlurmPace(minJobAge: opened.limits.minJobAge)
    var fault: String?
    while true {
      let due = pace.due
      let letters = requests.take(within: due == .max ? nil : max(0, due - Instant.now.monotonic))
      for request in letters {
        switch request {
        case .submit(let batch): submit(batch, opened)
        case .cancel(let instances): cancel(instances, opened)
        case .recover(let batches): recover(batches, opened)
        case .look: break
        case .over: return sendCancellations()
        }
      }
      if !letters.isEmpty {
        pace.hurry(Instant.now.monotonic)
        reportNudges.post([()])
      }
      guard pace.due <= Instant.now.monotonic else { continue }
      sendCancellations()
      let start = Instant.now.monotonic
      var hasChanged = false
      do throws(SlurmError) {
        KillPoint.reached("slurm.jobs.before")
        let jobs = try call("jobs") { () throws(SlurmError) in try controller.jobs() }
        hasChanged = state.withLock { state in
          let (events, hasChanged, found) = state.book.update(jobs, now: Instant.now.monotonic)
          // Jobs that only their names tell of, of tasks that are to end.
          state.cancellations += found
          opened.events.post(events + Self.remarks(on: events))
          return hasChanged
        }
        if opened.limits.hasAccounting {
          askAccounts(opened)
          measure(opened)
        }
        if fault != nil {
          fault = nil
          opened.events.post([.health(.ready), .log(.info, "the Slurm controller answers again")])
        }
      } catch {
        // Nothing is known now, so nothing changes.
        if fault == nil {
          opened.events.post(
            .health(.unavailable("\(error.description) (jobs go on, and the controller is asked again)")))
        }
        fault = error.description
        state.withLock { $0.book.forgetAbsence() }
      }
      settle(opened)
      let now = Instant.now.monotonic
      pace.asked(
        now, took: now - start, hasChanged: hasChanged,
        isIdle: fault == nil
          && state.withLock { $0.book.isEmpty && $0.cancellations.isEmpty && $0.unmeasured.isEmpty })
    }
  }

  private func open(_ opening: Opened) -> Opened? {
    var opened = opening
    do throws(SlurmError) {
      try call("configuration") { () throws(SlurmError) in controller.connect() }
      opened.limits = try call("configuration") { () throws(SlurmError) in try controller.limits() }
      opened.queues = try call("partitions") { () throws(SlurmError) in try controller.queues() }
        .withDefault(opened.options.attributes["partition"])
    } catch {
      opened.events.post(
        .info(
          Self.unusable(
            "Slurm cannot be used: \(error.description); is slurm.conf right, and do slurmctld and munge run?"
          )))
      return nil
    }
    let limits = opened.limits
    let settled = opened
    state.withLock { $0.opened = settled }
    var description = ExecutorDescription(
      queues: opened.queues,
      capabilities: [.enforcesMemory, .enforcesRuntime, .reportsUsage, .readsWaitingReasons],
      maxBatch: limits.maxBatch,
      placement: .backend(maxOutstanding: opened.options.maxOutstanding ?? limits.maxJobCount),
      outlivesDriver: true)
    description.options = SlurmOptions.declared(attributes)
    description.resourceKeys = Set(attributes)
    opened.events.post(.info(description))
    return opened
  }

  /// Reasons for which jobs wait as a matter of course.
  private static let usual: Set<String> = [
    "", "None", "Priority", "Resources", "Cleaning", "JobArrayTaskLimit", "BeginTime", "Dependency",
  ]

  /// What people should know of: reasons to wait that may not go away by themselves.
  private static func remarks(on events: [ExecutorEvent]) -> [ExecutorEvent] {
    events.compactMap { event in
      guard case .waiting(let instances, let reason) = event, !usual.contains(reason) else { return nil }
      let tasks = instances.count == 1 ? "1 task waits" : "\(instances.count) tasks wait"
      return .log(.warning, "\(tasks) in the queue: \(reason)")
    }
  }

  // MARK: Submitting

  private func submit(_ batch: Batch, _ opened: Opened) {
    let all = batch.tasks.map(\.instance)
    let isKnown = state.withLock { state in all.allSatisfy { state.book.place(of: $0) != nil } }
    if isKnown { return opened.events.post(.submitted(all, .accepted(handle: nil))) }
    let files = BatchFiles(scratch: opened.options.scratch, token: batch.token)
    KillPoint.reached("slurm.folder.before")
    do {
      try files.make(batch.tasks.map(\.index))
      try files.write(opened.setting, orders: orders(batch))
    } catch {
      return opened.events.post(.submitted(all, .deferred(after: 15, why: "\(error)")))
    }
    KillPoint.reached("slurm.folder.after")
    var tasks = batch.tasks
    var later: [BatchTask] = []
    while true {
      do throws(SlurmError) {
        let receipt = try call("submit") { () throws(SlurmError) in
          try controller.submit(submission(of: batch, tasks, files, opened))
        }
        KillPoint.reached("slurm.submitted")
        accepted(tasks, receipt, batch, files, opened)
        KillPoint.reached("slurm.accepted")
        if !later.isEmpty {
          opened.events.post(
            .submitted(
              later.map(\.instance), .deferred(after: 2, why: "Slurm takes no more jobs of this user now")))
        }
        return
      } catch {
        let isAlone = state.withLock { $0.book.isEmpty }
        switch error.meaning {
        case .full where tasks.count > 1, .limit where tasks.count > 1:
          // Some of them may fit.
          let half = (tasks.count + 1) / 2
          later = tasks[half...] + later
          tasks = Array(tasks[..<half])
          continue
        case .limit where isAlone, .permanent:
          files.remove()
          opened.events.post(.submitted(all, .rejected(why: error.description)))
        case .temporary, .full, .limit:
          files.remove()
          opened.events.post(
            .submitted(all, .deferred(after: error.meaning == .temporary ? 5 : 2, why: error.description)))
        case .unknown:
          opened.events.post(.submitted(all, .ambiguous(why: error.description)))
        }
        return
      }
    }
  }

  private func accepted(
    _ tasks: [BatchTask], _ receipt: SlurmReceipt, _ batch: Batch, _ files: BatchFiles, _ opened: Opened
  ) {
    var record = JobBook.Record(files: files, request: batch.resources)
    record.jobs = [receipt.job]
    for task in tasks { record.open[task.index] = JobBook.Member(instance: task.instance, index: task.index) }
    let settled = record
    state.withLock { state in
      state.book.add(batch.token, settled)
      opened.events.post(
        tasks.map { .submitted([$0.instance], .accepted(handle: "\(receipt.job)_\($0.index)")) })
    }
    if !receipt.message.isEmpty, state.withLock({ $0.remarks.insert(receipt.message).inserted }) {
      opened.events.post(.log(.warning, "Slurm says: \(receipt.message)"))
    }
  }

  private func orders(_ batch: Batch) -> [Int: CommandOrder] {
    let runtime = Milliseconds.of(seconds: batch.resources.runtime ?? 0)
    return Dictionary(
      uniqueKeysWithValues: batch.tasks.map { task in
        (
          task.index,
          CommandOrder(
            instance: task.instance, token: "\(batch.token).\(task.index)", command: task.command,
            environment: task.environment, stdout: task.stdout, stderr: task.stderr, memory: 0,
            runtime: runtime)
        )
      })
  }

  private func submission(of batch: Batch, _ tasks: [BatchTask], _ files: BatchFiles, _ opened: Opened)
    -> SlurmSubmission
  {
    let request = batch.resources
    var attributes = opened.options.attributes
    let account = attributes.removeValue(forKey: "account")
    let partition = attributes.removeValue(forKey: "partition")
    let constraints = attributes.removeValue(forKey: "constraint")
    attributes.merge(request.other) { _, own in own }
    if attributes["comment"] == nil { attributes["comment"] = "jobmon: \(batch.template)" }
    let avoided = state.withLock { $0.strikes }.filter { $0.value >= Self.strikes }.keys.sorted()
    if !avoided.isEmpty {
      attributes["exclude"] = ([attributes["exclude"]].compactMap { $0 } + avoided).joined(separator: ",")
    }
    let minutes = request.runtime.map { max(1, ($0 + 59) / 60) }
    var warning = opened.options.warning
    if warning > 0, let minutes, let runtime = request.runtime {
      // Slurm's limit is in minutes, the worker's exact: the warning counts from the latter.
      warning = runtime > warning ? minutes * 60 - runtime + warning : 0
    }
    return SlurmSubmission(
      name: JobBook.name(template: batch.template, token: batch.token),
      comment: attributes["comment"] ?? "",
      script: Self.script(worker: opened.worker, folder: files.folder.path),
      directory: opened.context.workingDirectory, output: files.folder.log,
      array: rangeText(tasks.map(\.index)),
      environment: opened.environment + ["SLURM_CPUS_PER_TASK=\(request.cores)"],
      partition: request.queue ?? partition, account: request.project ?? account,
      constraints: request.constraints ?? constraints, cores: request.cores,
      memory: request.memory.map { max(1, ($0 + (1 << 20) - 1) >> 20) }, minutes: minutes, warning: warning,
      requeue: opened.options.requeue, attributes: attributes)
  }

  /// The script of a job. The worker itself where the kernel takes that for one: a shell saved for each task.
  private static func script(worker: String, folder: String) -> String {
    let line = "#!\(worker) --batch=\(folder)"
    // BINPRM_BUF_SIZE of Linux before 5.1, its end included.
    if line.utf8.count < 127, !(worker + folder).contains(where: \.isWhitespace) { return line + "\n" }
    return "#!/bin/sh\nexec \(ShellWord.quoted(worker)) --batch \(ShellWord.quoted(folder))\n"
  }

  // MARK: Cancelling

  private func cancel(_ instances: [TaskInstanceID], _ opened: Opened) {
    state.withLock { state in
      var events: [ExecutorEvent] = []
      var touched: [String: [Int]] = [:]
      for instance in instances {
        guard let (token, index) = state.book.place(of: instance), state.book.isOpen(instance) else {
          events.append(.cancelled(instance, .alreadyEnded))
          continue
        }
        state.book.batches[token]?.open[index]?.isCancelled = true
        touched[token, default: []].append(index)
        events.append(.cancelled(instance, .requested))
      }
      for (token, indices) in touched.sorted(by: { $0.key < $1.key }) {
        guard let record = state.book.batches[token] else { continue }
        let isAll = record.open.values.allSatisfy(\.isCancelled)
        for job in record.jobs.sorted() {
          state.cancellations.append(isAll ? "\(job)" : "\(job)_[\(rangeText(indices))]")
        }
        for index in indices {
          // Whoever has the claim decides: what has not started never will.
          guard case .ours = record.files.claim(index), record.open[index]?.isRecovering == false else {
            continue
          }
          let outcome = Outcome(cause: .interrupted, ended: .now, message: "cancelled before it started")
          if let event = state.book.end(token, index, outcome) { events.append(event) }
        }
      }
      opened.events.post(events)
    }
    sendCancellations()
  }

  /// Sends what has to be cancelled; what the controller does not take now is sent again with the next question.
  private func sendCancellations() {
    let all = state.withLock { state in
      defer { state.cancellations = [] }
      return state.cancellations
    }
    for (place, jobs) in all.enumerated() {
      KillPoint.reached("slurm.cancel.before")
      do throws(SlurmError) {
        try call("cancel") { () throws(SlurmError) in try controller.cancel(jobs) }
      } catch {
        // Refused for good: it has ended already. That is seen by its report or record.
        if error.meaning == .permanent { continue }
        state.withLock { $0.cancellations += all[place...] }
        return
      }
    }
  }

  // MARK: Recovering

  private func recover(_ batches: [RecoverableBatch], _ opened: Opened) {
    for batch in batches {
      KillPoint.reached("slurm.recover.before")
      let files = BatchFiles(scratch: opened.options.scratch, token: batch.token)
      do {
        try files.make(batch.instances.map(\.index))
      } catch {
        // Without the folder nothing can be told, and nothing may be assumed.
        opened.events.post(.log(.error, "what became of \(batch.token) cannot be told: \(error)"))
      }
      var record = JobBook.Record(files: files, request: batch.resources)
      for instance in batch.instances {
        var member = JobBook.Member(instance: instance.instance, index: instance.index)
        member.isRecovering = true
        member.isCancelled = batch.cancel
        record.open[instance.index] = member
        if let job = instance.handle.flatMap({ UInt32($0.prefix { $0 != "_" }) }) { record.jobs.insert(job) }
      }
      let settled = record
      state.withLock { state in
        state.book.add(batch.token, settled)
        guard batch.cancel else { return }
        state.cancellations += settled.jobs.sorted().map { "\($0)_[\(rangeText(Array(settled.open.keys)))]" }
      }
    }
  }
}
