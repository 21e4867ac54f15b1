import Foundation
import GuardedFiles
import JobmonCore
import LinuxProcesses
import OSText
import Synchronization
import WorkerHost
import WorkerProtocol

/// Runs tasks as array jobs of a Slurm cluster.
///
/// It combines two sources: what the controller shows of a job, and the report that the worker leaves in the batch's
/// folder. ``SlurmVerdict`` contains the rule, and ``JobState`` all states of a task.
///
/// One thread talks to the controller, because a call of libslurm may hang and cannot be abandoned. Another thread
/// reads the folders of batches, which does not load the controller. Queues write into the folders. If the controller
/// does not answer, the watchdog ends the process; the host starts it again and recovers all batches by their tokens. A
/// file system that hangs stops only what needs it.
///
/// All its state is also in the scratch folder, in the names of the jobs, or in the host's store.
package final class SlurmExecutor: Executor {
  struct Opened: Sendable {
    var context: ExecutorContext
    var controller: any SlurmController
    /// Submits jobs with attributes that only sbatch(1) can read.
    var submitter: any SlurmController
    var events: any ExecutorEventSink
    var options: SlurmOptions
    var limits: SlurmLimits
    /// How the state of tasks is judged.
    var rules = JobRules()
    var queues: [ClusterQueue] = []
    var setting: CommandSetting
    /// The environment of jobs: `NAME=value`.
    var environment: [String]
    /// The copy of the worker in the scratch folder.
    var worker: String
  }

  struct State {
    var opened: Opened?
    var book = JobBook()
    /// The number of failures of each node. Nodes with too many failures are avoided.
    var strikes: [String: Int] = [:]
    /// Cancellations that the controller has not accepted.
    var cancellations: [String] = []
    /// Cancelled tasks that must be claimed: their indices by batch.
    var toClaim: [String: [Int]] = [:]
    var reader = Reader()
    /// Instances that ended without a report, whose usage accounting may know.
    var unmeasured: [Unmeasured] = []
    /// Messages of the site's plugins about jobs, each once.
    var remarks: Set<String> = []
    var isOver = false
    /// The current call of the controller, when it began, and how long it may take (monotonic milliseconds).
    var call: (name: String, since: Int64, limit: Int64)?
  }

  enum Request: Sendable {
    case submit(Batch)
    /// The files of a batch were written, or could not be written for this reason.
    case prepared(Batch, BatchFiles, fault: String?)
    case cancel([TaskInstanceID])
    case recover([RecoverableBatch])
    /// The folders of a batch of an earlier run exist, as far as they could be created.
    case found(RecoverableBatch, BatchFiles)
    /// Query the controller soon.
    case look
    case over
  }

  /// Failures of a node after which it is avoided.
  static let strikes = 3
  /// Seconds after which an untouched batch is removed.
  private static let longestKept = 60.0 * 86_400
  /// How long a call of the controller may take, as a multiple of its MessageTimeout.
  private static let patience = 3.0

  /// This process's log: a copy of standard error, which calls of the controller may redirect.
  private static let log = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)

  /// The ways to access Slurm, in the order of preference.
  private let controllers: [any SlurmController]
  let attributes: [String]
  let state = Mutex(State())
  let requests = Mailbox<Request>()
  let folderNudges = Mailbox<Nudge>()
  /// The thread that talks to the controller.
  let talking = DispatchGroup()
  /// Creates the folders of batches, in the order of submission.
  let folders = DispatchQueue(label: "folders")
  /// Claims cancelled tasks, each batch independently.
  let claims = DispatchQueue(label: "claims", attributes: .concurrent)
  private let cleaning = DispatchQueue(label: "cleaning")
  /// How long reading the folder of a batch may take before it counts as hung (milliseconds).
  let readingLimit: Int64
  private let willRead: @Sendable (BatchFolder) -> Void
  private let die: @Sendable () -> Void

  /// - Parameters:
  ///   - controllers: the ways to access Slurm, in the order of preference; at least one.
  ///   - attributes: further job attributes that they support, by their names in sbatch(1).
  package convenience init(_ controllers: [any SlurmController], attributes: [String]) {
    self.init(controllers, attributes: attributes, readingLimit: 5000)
  }

  /// - Parameters:
  ///   - willRead: called before the folder of a batch is read.
  ///   - die: what the watchdog does if the controller does not answer. The watchdog ends afterwards.
  init(
    _ controllers: [any SlurmController], attributes: [String], readingLimit: Int64,
    willRead: @escaping @Sendable (BatchFolder) -> Void = { _ in },
    die: @escaping @Sendable () -> Void = { _exit(1) }
  ) {
    self.controllers = controllers
    self.attributes = attributes
    self.readingLimit = readingLimit
    self.willRead = willRead
    self.die = die
    _ = Self.log
  }

  func files(of token: String, _ opened: Opened) -> BatchFiles {
    BatchFiles(scratch: opened.options.scratch, token: token, willRead: willRead)
  }

  package func start(_ context: ExecutorContext, events: any ExecutorEventSink) throws {
    let options = try SlurmOptions(context.options, cluster: context.cluster, attributes: attributes)
    try Self.checkConfiguration(context.environment)
    let worker = try Self.placeWorker(options, context)
    let usable = controllers.filter { options.access == nil || options.access == $0.access }
    guard let controller = usable.first else {
      throw ExecutorError(
        "cluster '\(context.cluster)' has access: \(options.access?.rawValue ?? ""), but jobmon-slurm cannot load libslurm here; omit the option or use access: commands"
      )
    }
    let opened = Opened(
      context: context, controller: controller,
      submitter: controllers.first { $0.access == .commands } ?? controller, events: events, options: options,
      limits: SlurmLimits(),
      setting: CommandSetting(
        environment: [], directory: context.workingDirectory,
        grace: Milliseconds.of(seconds: context.killGrace),
        usesControlGroups: false),
      environment: Self.environment(context.environment)
        + Self.origin(workingDirectory: context.workingDirectory), worker: worker)
    talking.enter()
    thread("slurm") { [self] in
      talk(opened)
      talking.leave()
    }
    cleaning.async { BatchFiles.removeOld(scratch: options.scratch, age: Self.longestKept) }
    thread("watchdog") { [self] in watch(opened) }
  }

  package func validate(_ requests: [ResourceRequest]) {
    guard let opened = state.withLock({ $0.opened }) else { return }
    opened.events.post(.validated(requests, requests.map { opened.verdict(on: $0) }))
  }

  package func submit(_ batch: Batch) { requests.post([.submit(batch)]) }
  package func cancel(_ instances: [TaskInstanceID]) { requests.post([.cancel(instances)]) }
  package func recover(_ batches: [RecoverableBatch]) { requests.post([.recover(batches)]) }

  package func acknowledge(_ instances: [TaskInstanceID]) {
    let over = state.withLock { state in
      state.book.acknowledge(instances, state.opened?.rules ?? JobRules())
    }
    KillPoint.reached("slurm.acknowledge")
    if !over.isEmpty { cleaning.async { for record in over { record.files.remove() } } }
  }

  package func stop(_ mode: ExecutorStopMode) {
    if mode == .cancelAll {
      let open = state.withLock { state in
        state.book.batches.values.flatMap { $0.open.values.map(\.instance) }.sorted()
      }
      if !open.isEmpty { requests.post([.cancel(open)]) }
      while !state.withLock({ $0.book.isEmpty }) { usleep(20_000) }
    }
    requests.post([.over])
    state.withLock { $0.isOver = true }
    folderNudges.post([.soon])
    talking.wait()
    cleaning.sync {}
  }

  func thread(_ name: String, _ body: @escaping @Sendable () -> Void) {
    let thread = Thread(block: body)
    thread.name = name
    thread.start()
  }

  // MARK: The watchdog

  /// Calls the controller. The watchdog ends the process if the call takes too long.
  func call<Result>(_ name: String, _ body: () throws(SlurmError) -> Result) throws(SlurmError) -> Result {
    state.withLock { state in
      let limit =
        state.opened.map { Self.patience * $0.limits.messageTimeout * 1000 } ?? SlurmOptions.startTimeout
        * 1000
      state.call = (name, Instant.now.monotonic, Int64(limit))
    }
    defer { state.withLock { $0.call = nil } }
    return try body()
  }

  private func watch(_ opened: Opened) {
    while true {
      usleep(100_000)
      let (call, isOpen) = state.withLock { ($0.call, $0.opened != nil) }
      leaveHungReader(opened)
      guard let call, Instant.now.monotonic - call.since > call.limit else { continue }
      let seconds = (Instant.now.monotonic - call.since) / 1000
      let why = "the Slurm controller has not answered for \(seconds) s (\(call.name))"
      if isOpen {
        _ = Descriptor.write(
          "\(VisibleText.of(why)): this process ends; the next one retries\n", to: Self.log)
      } else {
        opened.events.post(
          .info(Self.unusable(why + "; check slurm.conf, and check that slurmctld and munge are running")))
        usleep(200_000)
      }
      return die()
    }
  }

  static func unusable(_ why: String) -> ExecutorDescription {
    ExecutorDescription(
      health: .unavailable(why), maxBatch: 1, placement: .backend(maxOutstanding: 1), outlivesDriver: true)
  }

  // MARK: Preparing the start

  /// If libslurm finds no configuration, it ends the process after one minute.
  private static func checkConfiguration(_ environment: [String]) throws {
    let prefix = "SLURM_CONF="
    guard let named = environment.last(where: { $0.hasPrefix(prefix) })?.dropFirst(prefix.count),
      !named.isEmpty
    else { return }
    if !OSFile.can(String(named), R_OK) {
      throw ExecutorError(
        "the Slurm configuration \(named), which SLURM_CONF names, cannot be read: \(String(cString: strerror(errno)))"
      )
    }
  }

  /// Copies the worker to the scratch folder, named by its contents, because programs installed here may be missing on
  /// the nodes.
  private static func placeWorker(_ options: SlurmOptions, _ context: ExecutorContext) throws -> String {
    let source = try options.worker ?? WorkerLocation.find()
    guard let data = OSFile.contents(source) else {
      throw ExecutorError("the worker \(source) cannot be read: \(String(cString: strerror(errno)))")
    }
    let folder = options.scratch + "/bin"
    let name = "\(WorkerLocation.name)-\(fingerprint(data))"
    let path = "\(folder)/\(name)"
    do {
      let bin = try GuardedFolder.open(folder, below: options.scratch, makes: true)
      // A file of another user is never started.
      if try bin.hasOwn(name), OSFile.can(path, X_OK) { return path }
      let draft = "\(path).\(getpid())"
      let file = try bin.writing("\(name).\(getpid())", mode: 0o700)
      let handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
      try handle.write(contentsOf: data)
      // Set the mode regardless of the umask.
      fchmod(file, 0o700)
      try handle.close()
      guard OSText.withCString(draft, { draft in OSText.withCString(path) { rename(draft, $0) } }) == 0 else {
        throw ExecutorError(String(cString: strerror(errno)))
      }
    } catch let fault as FileFault {
      throw ExecutorError(
        "cannot copy the worker to the scratch folder \(options.scratch): \(fault.path): \(fault)")
    } catch {
      throw ExecutorError("cannot copy the worker to the scratch folder \(options.scratch): \(error)")
    }
    return path
  }

  /// What sbatch(1) adds to the environment of a job: where it was submitted, and the limits of resources that the job
  /// gets if the site propagates them.
  private static func origin(workingDirectory: String) -> [String] {
    var host = [CChar](repeating: 0, count: 256)
    gethostname(&host, host.count - 1)
    let name = String(decoding: host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let limits = [
      ("CPU", RLIMIT_CPU), ("FSIZE", RLIMIT_FSIZE), ("DATA", RLIMIT_DATA), ("STACK", RLIMIT_STACK),
      ("CORE", RLIMIT_CORE), ("RSS", __RLIMIT_RSS), ("NPROC", __RLIMIT_NPROC), ("NOFILE", RLIMIT_NOFILE),
      ("MEMLOCK", __RLIMIT_MEMLOCK), ("AS", RLIMIT_AS),
    ]
    return ["SLURM_SUBMIT_DIR=" + workingDirectory, "SLURM_SUBMIT_HOST=" + name]
      + limits.compactMap { name, resource in
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0 else { return nil }
        return "SLURM_RLIMIT_\(name)=\(limit.rlim_cur)"
      }
  }

  /// The part of the driver's environment that jobs inherit. Variables of a Slurm job or a login session around the
  /// driver are omitted, because they have no meaning for the jobs.
  private static func environment(_ driver: [String]) -> [String] {
    let mask = umask(0)
    umask(mask)
    let kept = CommandEnvironment.inherited(from: driver).filter { variable in
      variable.hasPrefix("SLURM_CONF=")
        || !["SLURM", "SBATCH_", "SRUN_", "SALLOC_", "XDG_", "DBUS_"].contains { variable.hasPrefix($0) }
    }
    let octal = String(mask, radix: 8)
    return kept + ["SLURM_UMASK=" + String(repeating: "0", count: 4 - octal.count) + octal]
  }
}
