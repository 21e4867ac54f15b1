import CSlurm
import Foundation
import JobmonCore
import OSText
import SlurmPlugin
import Synchronization

/// A Slurm controller, accessed through libslurm. The library that calls it is compiled against one release of Slurm and
/// loaded when this program starts.
final class LibSlurm: SlurmController {
  /// The name of the library's symbol.
  private static let symbol = "jobmon_slurm_functions"

  let access = SlurmAccess.library
  private let functions: cslurm_functions
  /// The cluster's name in the controller's configuration.
  private let cluster = Mutex("")

  /// Loads the first library that fits the Slurm of this machine: `libjobmon-libslurm*.so` beside this program or in
  /// `../lib/jobmon`, or the file that `JOBMON_LIBSLURM` names.
  ///
  /// - Returns: nil if there is none, or if libslurm is missing or has another release.
  init?() {
    var candidates = OSText.variable("JOBMON_LIBSLURM").map { [$0] } ?? []
    if candidates.isEmpty {
      let programs = OSText.target(ofLink: "/proc/self/exe").map { OSFile.folder(of: $0) } ?? "."
      for folder in [programs, programs + "/../lib/jobmon"] {
        let names = OSFile.names(in: folder)
        candidates += names.filter { $0.hasPrefix("libjobmon-libslurm") && $0.hasSuffix(".so") }.sorted()
          .map { "\(folder)/\($0)" }
      }
    }
    for candidate in candidates {
      // Slurm's own plugins use functions of libslurm without being linked with it.
      guard let library = OSText.withCString(candidate, { dlopen($0, RTLD_NOW | RTLD_GLOBAL) }) else {
        continue
      }
      guard let table = dlsym(library, Self.symbol)?.assumingMemoryBound(to: cslurm_functions.self),
        table.pointee.interface == UInt32(CSLURM_INTERFACE)
      else {
        dlclose(library)
        continue
      }
      functions = table.pointee
      return
    }
    return nil
  }

  func connect() { functions.start() }

  func limits() throws(SlurmError) -> SlurmLimits {
    var found = cslurm_limits()
    try check(functions.load_limits(&found))
    var limits = SlurmLimits()
    limits.cluster = Self.text(&found.cluster)
    limits.version = Self.text(&found.version)
    limits.maxArraySize = Int(found.max_array_size)
    limits.maxArrayTasks = Self.value(found.max_array_tasks).map { Int($0) }
    limits.maxJobCount = Int(found.max_job_count)
    limits.minJobAge = Double(found.min_job_age)
    limits.killWait = Double(found.kill_wait)
    limits.messageTimeout = Double(found.message_timeout)
    limits.hasAccounting = found.has_accounting
    cluster.withLock { $0 = limits.cluster }
    return limits
  }

  func partitions() throws(SlurmError) -> [ClusterQueue] {
    var queues: [ClusterQueue] = []
    try each(&queues) { context in
      functions.each_partition(context) { context, found in
        guard let found = found?.pointee else { return }
        var queue = ClusterQueue(name: String(cString: found.name), isDefault: found.is_default)
        queue.maxRuntime = LibSlurm.value(found.max_minutes).map { Int64($0) * 60 }
        queue.maxCores = LibSlurm.value(found.max_cores_per_node).map { Int($0) }
        LibSlurm.append(queue, context)
      }
    }
    return queues
  }

  func nodes() throws(SlurmError) -> [SlurmNode] {
    var nodes: [SlurmNode] = []
    try each(&nodes) { context in
      functions.each_node(context) { context, found in
        guard let found = found?.pointee else { return }
        LibSlurm.append(
          SlurmNode(
            cores: Int(found.cores), memory: Int64(found.memory_mib) << 20,
            partitions: String(cString: found.partitions).split(separator: ",").map(String.init)), context)
      }
    }
    return nodes
  }

  func submit(_ submission: SlurmSubmission) throws(SlurmError) -> SlurmReceipt {
    var own = cslurm_submission()
    var strings: [UnsafeMutablePointer<CChar>] = []
    func text(_ text: String?) -> UnsafePointer<CChar>? {
      guard let text, let copy = strdup(text) else { return nil }
      strings.append(copy)
      return UnsafePointer(copy)
    }
    // For paths and variables, which need not be UTF-8.
    func bytes(_ text: String) -> UnsafePointer<CChar>? {
      let copy = OSText.duplicate(text)
      strings.append(copy)
      return UnsafePointer(copy)
    }
    defer { for string in strings { free(string) } }
    own.name = text(submission.name)
    own.comment = text(submission.comment)
    own.script = bytes(submission.script)
    own.directory = bytes(submission.directory)
    own.output = bytes(submission.output)
    own.array = text(submission.array)
    own.partition = text(submission.partition)
    own.account = text(submission.account)
    own.constraints = text(submission.constraints)
    own.cores = UInt32(submission.cores)
    own.memory_mib = UInt64(submission.memory ?? 0)
    own.minutes = UInt32(clamping: submission.minutes ?? 0)
    own.warn_seconds = UInt16(clamping: submission.warning)
    own.requeue = submission.requeue
    let environment = submission.environment.map { bytes($0) }
    let attributes = submission.attributes.sorted { $0.key < $1.key }
    let names = attributes.map { text($0.key) }
    let values = attributes.map { text($0.value) }
    own.environment_count = UInt32(environment.count)
    own.attribute_count = UInt32(attributes.count)
    var job: UInt32 = 0
    var message = [CChar](repeating: 0, count: 1024)
    let error = environment.withUnsafeBufferPointer { environment in
      names.withUnsafeBufferPointer { names in
        values.withUnsafeBufferPointer { values in
          own.environment = environment.baseAddress
          own.attribute_names = names.baseAddress
          own.attribute_values = values.baseAddress
          return functions.submit(&own, &job, &message, message.count)
        }
      }
    }
    let said = String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    try check(error, said)
    return SlurmReceipt(job: job, message: said)
  }

  func jobs() throws(SlurmError) -> [SlurmJob] {
    try jobs { context, found in functions.each_job(getuid(), context, found) }
  }

  func accounts(of ids: [UInt32], since: Int64) throws(SlurmError) -> [SlurmJob] {
    let cluster = cluster.withLock { $0 }
    return try jobs { context, found in
      functions.each_account(cluster, ids, UInt32(ids.count), since, context, found)
    }
  }

  func cancel(_ jobs: String) throws(SlurmError) { try check(functions.cancel(jobs)) }

  func text(ofState state: UInt32) -> String { functions.state_text(state).map { String(cString: $0) } ?? "" }

  // MARK: C

  private func check(_ error: Int32, _ said: String = "") throws(SlurmError) {
    if error == 0 { return }
    let meaning: SlurmError.Meaning =
      switch functions.meaning_of(error) {
      case CSLURM_TEMPORARY: .temporary
      case CSLURM_PASSING: .passing
      case CSLURM_FULL: .full
      case CSLURM_LIMIT: .limit
      case CSLURM_UNKNOWN: .unknown
      default: .permanent
      }
    let text = functions.error_text(error).map { String(cString: $0) } ?? "error \(error)"
    throw SlurmError(meaning, said.isEmpty ? text : "\(text) (\(said))")
  }

  /// The records of a call, with the functions to read them.
  private struct Jobs {
    let functions: cslurm_functions
    var list: [SlurmJob] = []
  }

  private typealias JobFound = @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<cslurm_job>?) -> Void

  private func jobs(_ body: (UnsafeMutableRawPointer, JobFound) -> Int32) throws(SlurmError) -> [SlurmJob] {
    var jobs = Jobs(functions: functions)
    try check(
      withUnsafeMutablePointer(to: &jobs) { jobs in
        body(UnsafeMutableRawPointer(jobs)) { context, found in
          guard let jobs = context?.assumingMemoryBound(to: Jobs.self), let found else { return }
          jobs.pointee.list.append(SlurmJob(found, jobs.pointee.functions))
        }
      })
    return jobs.list
  }

  /// Collects the results of a call in a list, through a pointer that C passes on.
  private func each<Element>(
    _ list: inout [Element], _ body: (UnsafeMutableRawPointer) -> Int32
  ) throws(SlurmError) {
    try check(withUnsafeMutablePointer(to: &list) { body(UnsafeMutableRawPointer($0)) })
  }

  private static func append<Element>(_ element: Element, _ context: UnsafeMutableRawPointer?) {
    context?.assumingMemoryBound(to: [Element].self).pointee.append(element)
  }

  private static func value(_ number: UInt32) -> UInt32? { number == UInt32.max ? nil : number }

  private static func text<Characters>(_ characters: inout Characters) -> String {
    withUnsafeBytes(of: &characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}

extension SlurmJob {
  fileprivate init(_ found: UnsafePointer<cslurm_job>, _ functions: cslurm_functions) {
    let job = found.pointee
    let tasks: Tasks
    if job.array == 0 {
      tasks = .one(0)
    } else if job.task != UInt32.max {
      tasks = .one(Int(job.task))
    } else {
      tasks = .pending(
        Set((0..<functions.task_end(found)).filter { functions.has_task(found, $0) }.map { Int($0) }))
    }
    // The explanation often begins with the reason.
    let explanation = String(cString: job.explanation)
    var reason = String(cString: job.reason)
    if explanation.hasPrefix(reason) {
      reason = explanation
    } else if !explanation.isEmpty {
      reason += " (\(explanation))"
    }
    self.init(
      array: job.array == 0 ? job.id : job.array, tasks: tasks, state: job.state, restarts: Int(job.restarts),
      exitStatus: job.exit_status, started: job.started, ended: job.ended, name: String(cString: job.name),
      node: String(cString: job.nodes), reason: reason)
    // Accounting has only whole seconds.
    if job.elapsed > 0 || job.peak_bytes > 0 {
      usage = ResourceUsage(
        wall: Double(job.elapsed), cpu: Double(job.cpu_seconds),
        peakMemory: job.peak_bytes > 0 ? Int64(job.peak_bytes) : nil)
    }
  }
}
