import Foundation
import JobmonCore
import WorkerProtocol

/// The thread that talks to the controller: it serves requests at once and queries the jobs at its own pace.
extension SlurmExecutor {
  func talk(_ opening: Opened) {
    guard let opened = open(opening) else { return }
    thread("reports") { [self] in readFolders(opened, generation: 0) }
    var pace = SlurmPace(minJobAge: opened.limits.minJobAge)
    var preparing = Preparations()
    var isEnding = false
    var fault: String?
    while true {
      let due = pace.due
      let messages = requests.take(within: due == .max ? nil : max(0, due - Instant.now.monotonic))
      for request in messages {
        if case .over = request { isEnding = true } else { serve(request, &preparing, opened) }
      }
      if isEnding, preparing.isEmpty { return sendCancellations(opened) }
      if !messages.isEmpty {
        pace.hurry(Instant.now.monotonic)
        folderNudges.post([.soon])
      }
      guard pace.due <= Instant.now.monotonic else { continue }
      sendCancellations(opened)
      let start = Instant.now.monotonic
      let hasChanged = look(opened, &fault)
      folderNudges.post([.decide])
      let now = Instant.now.monotonic
      pace.asked(
        now, took: now - start, hasChanged: hasChanged,
        isIdle: fault == nil
          && state.withLock { $0.book.isEmpty && $0.cancellations.isEmpty && $0.unmeasured.isEmpty })
    }
  }

  private func serve(_ request: Request, _ preparing: inout Preparations, _ opened: Opened) {
    switch request {
    case .submit(let batch):
      let instances = batch.tasks.map(\.instance)
      if state.withLock({ state in instances.allSatisfy { state.book.location(of: $0) != nil } }) {
        return opened.events.post(.submitted(instances, .accepted(handle: nil)))
      }
      preparing.begin(batch.token, instances)
      folders.async { [self] in prepare(batch, opened) }
    case .prepared(let batch, let files, let fault):
      if let fault {
        opened.events.post(.submitted(batch.tasks.map(\.instance), .deferred(after: 15, why: fault)))
      } else {
        submit(batch, files, opened)
      }
      cancel(preparing.end(batch.token), opened)
    case .recover(let batches):
      for batch in batches {
        preparing.begin(batch.token, batch.instances.map(\.instance))
        folders.async { [self] in find(batch, opened) }
      }
    case .found(let batch, let files):
      recover(batch, files, opened)
      cancel(preparing.end(batch.token), opened)
    case .cancel(let instances): cancel(preparing.postponing(instances), opened)
    case .look, .over: break
    }
  }

  /// Queries the jobs and applies the answer. Returns whether anything has changed.
  ///
  /// - Parameter fault: why the controller did not answer the last time; nil if it did.
  private func look(_ opened: Opened, _ fault: inout String?) -> Bool {
    do throws(SlurmError) {
      KillPoint.reached("slurm.jobs.before")
      let records = records(
        of: try call("jobs") { () throws(SlurmError) in try opened.controller.jobs() }, opened)
      let hasChanged = state.withLock { state in
        let (consequences, hasChanged, found) = state.book.update(
          records, now: Instant.now.monotonic, opened.rules)
        // Jobs that were found only by their names, with tasks that are cancelled.
        state.cancellations += found
        act(on: consequences, &state, opened)
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
      return hasChanged
    } catch {
      // Nothing is known now, so nothing changes.
      if fault == nil {
        opened.events.post(
          .health(.unavailable("\(error.description) (jobs continue; asking the controller again)")))
      }
      fault = error.description
      state.withLock { $0.book.noteSilence(opened.rules) }
      return false
    }
  }

  func records(of jobs: [SlurmJob], _ opened: Opened) -> [(job: SlurmJob, record: JobRecord)] {
    var texts: [UInt32: String] = [:]
    return jobs.map { job in
      let text = texts[job.state] ?? opened.controller.text(ofState: job.state)
      texts[job.state] = text
      return (job, JobRecord(job, text: text))
    }
  }

  private func open(_ opening: Opened) -> Opened? {
    var opened = opening
    do throws(SlurmError) {
      try call("configuration") { () throws(SlurmError) in opening.controller.connect() }
      opened.limits = try call("configuration") { () throws(SlurmError) in try opening.controller.limits() }
      let partitions = try ifVisible("partitions", opened) { () throws(SlurmError) in
        try opening.controller.partitions()
      }
      let nodes = try ifVisible("nodes", opened) { () throws(SlurmError) in try opening.controller.nodes() }
      opened.queues = (partitions ?? []).limited(by: nodes ?? []).withDefault(
        opened.options.attributes["partition"])
    } catch {
      opened.events.post(
        .info(
          Self.unusable(
            "Slurm cannot be used: \(error.description); check slurm.conf, and check that slurmctld and munge are running"
          )))
      return nil
    }
    let limits = opened.limits
    opened.rules = JobRules(opened.options, limits)
    let complete = opened
    state.withLock { $0.opened = complete }
    var description = ExecutorDescription(
      queues: opened.queues,
      capabilities: [.enforcesMemory, .enforcesRuntime, .reportsUsage, .readsWaitingReasons],
      maxBatch: limits.maxBatch,
      placement: .backend(maxOutstanding: opened.options.maxOutstanding ?? limits.maxJobCount),
      outlivesDriver: true)
    description.about =
      "Slurm \(limits.version), cluster \(limits.cluster), "
      + (opened.controller.access == .library ? "by libslurm" : "by its commands")
    description.options = SlurmOptions.declared(attributes)
    description.resourceKeys = Set(attributes)
    opened.events.post(.info(description))
    return opened
  }

  /// Asks for something that a site may hide from its users (PrivateData of slurm.conf(5)), and that is not needed:
  /// limits that are not known are not checked.
  ///
  /// - Returns: nil if this user may not see it.
  private func ifVisible<Found>(_ name: String, _ opened: Opened, _ body: () throws(SlurmError) -> Found)
    throws(SlurmError) -> Found?
  {
    do throws(SlurmError) {
      return try call(name, body)
    } catch {
      guard error.meaning == .permanent else { throw error }
      opened.events.post(
        .log(.info, "the \(name) of the cluster are not visible, so their limits are not known (\(error))"))
      return nil
    }
  }

  // MARK: Submitting

  /// Writes the files of a batch. Runs on the queue `folders`.
  private func prepare(_ batch: Batch, _ opened: Opened) {
    let files = files(of: batch.token, opened)
    KillPoint.reached("slurm.folder.before")
    do {
      try files.make(batch.tasks.map(\.index))
      try files.write(opened.setting, orders: orders(batch))
      KillPoint.reached("slurm.folder.after")
      requests.post([.prepared(batch, files, fault: nil)])
    } catch {
      requests.post([.prepared(batch, files, fault: "\(error)")])
    }
  }

  private func submit(_ batch: Batch, _ files: BatchFiles, _ opened: Opened) {
    let all = batch.tasks.map(\.instance)
    var tasks = batch.tasks
    var later: [BatchTask] = []
    while true {
      do throws(SlurmError) {
        let submission = submission(of: batch, tasks, files, opened)
        let isPlain = submission.attributes.allSatisfy { SlurmAttributes.isPlain($0.key, $0.value) }
        let receipt = try call("submit") { () throws(SlurmError) in
          try (isPlain ? opened.controller : opened.submitter).submit(submission)
        }
        KillPoint.reached("slurm.submitted")
        accepted(tasks, receipt, batch, files, opened)
        KillPoint.reached("slurm.accepted")
        if !later.isEmpty {
          opened.events.post(
            .submitted(
              later.map(\.instance),
              .deferred(after: 2, why: "Slurm accepts no more jobs from this user at present")))
        }
        return
      } catch {
        switch error.meaning {
        case .full where tasks.count > 1, .limit where tasks.count > 1:
          // Some of them may be accepted.
          let half = (tasks.count + 1) / 2
          later = tasks[half...] + later
          tasks = Array(tasks[..<half])
          continue
        case .permanent:
          folders.async { files.remove() }
          opened.events.post(.submitted(all, .rejected(why: error.description)))
        case .limit where !hasOtherJobs(opened):
          // Nothing will end that could make room: the request itself exceeds the limit.
          folders.async { files.remove() }
          opened.events.post(.submitted(all, .rejected(why: error.description)))
        case .temporary, .passing, .full, .limit:
          folders.async { files.remove() }
          opened.events.post(
            .submitted(all, .deferred(after: Self.pause(after: error), why: error.description)))
        case .unknown:
          opened.events.post(.submitted(all, .ambiguous(why: error.description)))
        }
        return
      }
    }
  }

  /// Seconds until a submission that was not accepted is repeated.
  private static func pause(after error: SlurmError) -> Double {
    switch error.meaning {
    case .passing: 10
    case .temporary: 5
    default: 2
    }
  }

  /// Whether this user has jobs that may still end, by this process or any other.
  private func hasOtherJobs(_ opened: Opened) -> Bool {
    if state.withLock({ !$0.book.isEmpty }) { return true }
    let jobs = try? call("jobs") { () throws(SlurmError) in try opened.controller.jobs() }
    // Without an answer nothing is known, so nothing is rejected.
    return jobs?.contains { SlurmState(raw: $0.state).isAlive } ?? true
  }

  private func accepted(
    _ tasks: [BatchTask], _ receipt: SlurmReceipt, _ batch: Batch, _ files: BatchFiles, _ opened: Opened
  ) {
    var record = JobBook.Record(files: files, request: batch.resources)
    record.jobs = [receipt.job]
    for task in tasks { record.open[task.index] = JobBook.Task(instance: task.instance) }
    let complete = record
    state.withLock { state in
      state.book.add(batch.token, complete)
      opened.events.post(
        tasks.map { .submitted([$0.instance], .accepted(handle: "\(receipt.job)_\($0.index)")) })
    }
    if !receipt.message.isEmpty, state.withLock({ $0.remarks.insert(receipt.message).inserted }) {
      opened.events.post(.log(.warning, "message from Slurm: \(receipt.message)"))
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
      // Slurm's limit is in minutes, the worker's is exact. The warning counts from the worker's.
      warning = runtime > warning ? minutes * 60 - runtime + warning : 0
    }
    let name = JobBook.name(template: batch.template, token: batch.token)
    return SlurmSubmission(
      name: name,
      comment: attributes["comment"] ?? "",
      script: Self.script(
        worker: opened.worker, folder: files.folder.path,
        index: opened.limits.acceptsArrays ? nil : tasks.first?.index),
      directory: opened.context.workingDirectory, output: files.folder.log,
      array: opened.limits.acceptsArrays ? rangeText(tasks.map(\.index)) : nil,
      environment: opened.environment + ["SLURM_CPUS_PER_TASK=\(request.cores)", "SLURM_JOB_NAME=\(name)"],
      partition: request.queue ?? partition, account: request.project ?? account,
      constraints: request.constraints ?? constraints, cores: request.cores,
      memory: request.memory.map { max(1, ($0 + (1 << 20) - 1) >> 20) }, minutes: minutes, warning: warning,
      requeue: opened.options.requeue, attributes: attributes)
  }

  /// The script of a job. If the kernel accepts the worker as its interpreter, this saves a shell per task.
  ///
  /// - Parameter index: the task's index in the batch; nil if the job is a member of an array.
  private static func script(worker: String, folder: String, index: Int?) -> String {
    let line = "#!\(worker) --batch=\(folder)"
    // BINPRM_BUF_SIZE of Linux before 5.1, including the terminating NUL.
    if index == nil, line.utf8.count < 127, !(worker + folder).contains(where: \.isWhitespace) {
      return line + "\n"
    }
    let words = [worker, "--batch", folder] + (index.map { ["--index", "\($0)"] } ?? [])
    return "#!/bin/sh\nexec \(words.map(ShellWord.quoted).joined(separator: " "))\n"
  }

  // MARK: Cancelling

  private func cancel(_ instances: [TaskInstanceID], _ opened: Opened) {
    if instances.isEmpty { return }
    let toClaim = state.withLock { state in
      var consequences: [JobBook.Consequence] = []
      var touched: [String: [Int]] = [:]
      for instance in instances {
        guard let (token, index) = state.book.location(of: instance) else {
          consequences.append(JobBook.Consequence(instance: instance, effect: .cancelled(.alreadyEnded)))
          continue
        }
        if state.book.isOpen(instance) { touched[token, default: []].append(index) }
        consequences += state.book.observe(.cancel, of: index, in: token, opened.rules)
      }
      for (token, indices) in touched.sorted(by: { $0.key < $1.key }) {
        guard let record = state.book.batches[token] else { continue }
        let isAll = record.open.values.allSatisfy { $0.state.history?.isCancelled == true }
        for job in record.jobs.sorted() {
          state.cancellations.append(isAll ? "\(job)" : "\(job)_[\(rangeText(indices))]")
        }
      }
      act(on: consequences, &state, opened)
      defer { state.toClaim = [:] }
      return state.toClaim
    }
    // The claim decides: a task that has not started never will.
    for (token, indices) in toClaim {
      claims.async { [self] in
        let files = files(of: token, opened)
        for index in indices {
          let question = JobQuestion(subject: .cancelled, at: Instant.now.monotonic)
          answer(question, of: index, in: token, files, opened)
        }
      }
    }
    sendCancellations(opened)
  }

  /// Sends the pending cancellations. Those that the controller does not accept now are sent again with the next query.
  private func sendCancellations(_ opened: Opened) {
    let all = state.withLock { state in
      defer { state.cancellations = [] }
      return state.cancellations
    }
    for (index, jobs) in all.enumerated() {
      KillPoint.reached("slurm.cancel.before")
      do throws(SlurmError) {
        try call("cancel") { () throws(SlurmError) in try opened.controller.cancel(jobs) }
      } catch {
        // Rejected permanently: the job has already ended, which its report or record will show.
        if error.meaning == .permanent { continue }
        state.withLock { $0.cancellations += all[index...] }
        return
      }
    }
  }

  // MARK: Recovering

  /// Creates the folders for claims and reports. Runs on the queue `folders`.
  private func find(_ batch: RecoverableBatch, _ opened: Opened) {
    KillPoint.reached("slurm.recover.before")
    let files = files(of: batch.token, opened)
    do {
      try files.make(batch.instances.map(\.index))
    } catch {
      // Without the folder the state cannot be determined, and nothing may be assumed.
      opened.events.post(.log(.error, "cannot determine the state of \(batch.token): \(error)"))
    }
    requests.post([.found(batch, files)])
  }

  private func recover(_ batch: RecoverableBatch, _ files: BatchFiles, _ opened: Opened) {
    var record = JobBook.Record(files: files, request: batch.resources)
    for instance in batch.instances {
      let history = JobHistory(awaits: .recovery, isCancelled: batch.cancel)
      record.open[instance.index] = JobBook.Task(instance: instance.instance, state: .unseen(history))
      if let job = instance.handle.flatMap({ UInt32($0.prefix { $0 != "_" }) }) { record.jobs.insert(job) }
    }
    let complete = record
    state.withLock { state in
      state.book.add(batch.token, complete)
      guard batch.cancel else { return }
      state.cancellations += complete.jobs.sorted().map {
        opened.limits.acceptsArrays ? "\($0)_[\(rangeText(Array(complete.open.keys)))]" : "\($0)"
      }
    }
  }
}
