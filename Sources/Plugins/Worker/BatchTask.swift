import CLinux
import Glibc
import GuardedFiles
import LinuxProcesses
import OSText
import WorkerProtocol

/// `jobmon-worker --batch FOLDER [--index N]`: runs one task of a batch, inside a job of a cluster. The default index
/// is the job's index in its array (SLURM_ARRAY_TASK_ID).
enum BatchTask {
  /// How long to look for a file that does not exist (yet), in microseconds: network file systems show new files late,
  /// and remember for a while that a file did not exist.
  private static let patience: Int64 = 15_000_000

  /// Upper limit for the number of starts of a job. Slurm holds a job after five requeues (MaxBatchRequeue in
  /// slurm.conf(5)).
  private static let mostStarts = 1000

  static func run(_ arguments: [String]) -> Never {
    let folder = BatchFolder(arguments[0])
    let text =
      arguments.count == 3 && arguments[1] == "--index" ? arguments[2] : variable("SLURM_ARRAY_TASK_ID")
    guard arguments.count == 1 || arguments.count == 3, let index = text.flatMap({ Int($0) }), index >= 0
    else {
      WorkerProgram.complain("jobmon-worker: no index: give --index N or set SLURM_ARRAY_TASK_ID")
      exit(2)
    }
    // Every start before this one is claimed, too.
    let start = min(max(0, variable("SLURM_RESTART_COUNT").flatMap { Int($0) } ?? 0), mostStarts)
    guard let (setting, order) = orders(folder, index) else {
      // The batch has ended and its folder was removed: this job is a copy that is not needed.
      WorkerProgram.complain(
        "jobmon-worker: \(folder.orders) no longer contains task \(index): not started")
      exit(0)
    }
    switch claim(folder, index, start) {
    case .made: break
    case .taken: exit(0)
    case .failed(let path):
      WorkerProgram.complain("jobmon-worker: cannot create \(path): \(String(cString: strerror(errno)))")
      exit(Int32(BatchReport.cannotClaim))
    }
    guard let server = BatchServer(folder, index: index, start: start) else {
      WorkerProgram.complain(
        "jobmon-worker: cannot prepare to run a command: \(String(cString: strerror(errno)))")
      exit(1)
    }
    var shared = setting
    // The job's own environment: the driver's, which was submitted with the job, and what the cluster has added.
    shared.environment = OSText.environment
    server.handle(.hello(shared))
    server.handle(.run(order))
    server.run()
  }

  static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

  private static func orders(_ folder: BatchFolder, _ index: Int) -> (CommandSetting, CommandOrder)? {
    let end = Clock.monotonic + patience
    var pause: UInt32 = 10_000
    while true {
      if let file = try? GuardedFile.reading(folder.orders) {
        defer { close(file) }
        let found = try? BatchOrders.decode(index) { offset, count in read(file, offset, count) }
        if let found { return found }
      }
      guard Clock.monotonic < end else { return nil }
      usleep(pause)
      pause = min(pause * 2, 1_000_000)
    }
  }

  private static func read(_ file: Int32, _ offset: Int, _ count: Int) -> [UInt8]? {
    guard count >= 0, count < 1 << 30 else { return nil }
    var isWhole = true
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let got = pread(file, buffer.baseAddress! + filled, count - filled, offset + filled)
        guard got > 0 else {
          isWhole = false
          return
        }
        filled += got
      }
    }
    return isWhole ? bytes : nil
  }

  private enum Claim {
    case made, taken
    case failed(String)
  }

  /// Claims this start and every unclaimed one before it, so that a claim of the driver at any of them is noticed.
  private static func claim(_ folder: BatchFolder, _ index: Int, _ start: Int) -> Claim {
    for number in 0...start {
      let path = folder.claim(index, start: number)
      let file = OSText.withCString(path) { clinux_open_new_at(AT_FDCWD, $0, 0, 0o600) }
      if file >= 0 {
        let line = "\(host()) \(getpid()) \(variable("SLURM_JOB_ID") ?? "")\n"
        _ = line.withCString { write(file, $0, strlen($0)) }
        close(file)
        if number == start { return .made }
      } else if errno == EEXIST {
        if number == start || isDrivers(path) { return .taken }
      } else {
        return .failed(path)
      }
    }
    return .taken
  }

  private static func isDrivers(_ path: String) -> Bool {
    withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { buffer in
      OSText.withCString(path) {
        readlink($0, buffer.baseAddress!.assumingMemoryBound(to: CChar.self), buffer.count)
      } > 0
    }
  }

  static func host() -> String {
    if let name = variable("SLURMD_NODENAME") { return name }
    return withUnsafeTemporaryAllocation(byteCount: 256, alignment: 1) { buffer in
      let start = buffer.baseAddress!.assumingMemoryBound(to: CChar.self)
      return gethostname(start, buffer.count) == 0 ? String(cString: start) : ""
    }
  }
}

/// A worker with one command and no driver. It reports the end of the command by a file in the batch's folder.
private final class BatchServer: Server {
  /// Microseconds between two touches of the claim. If the cluster has no job and there is no report, the driver sees
  /// from the claim's time whether the worker is alive.
  private static let sign: Int64 = 20_000_000

  private let folder: BatchFolder
  private let index: Int
  private let start: Int
  private let cgroup = JobCgroup()
  private var wasWarned = false
  private var wasTerminated = false

  init?(_ folder: BatchFolder, index: Int, start: Int) {
    self.folder = folder
    self.index = index
    self.start = start
    super.init(socket: -1, handled: [SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2])
    nextTick = Clock.monotonic + Self.sign
  }

  /// A signal that the cluster sends to all processes of a job also reaches the shell, and is distinguished from what a
  /// command does.
  override var usesShell: Bool { true }

  /// A cluster may end the whole job at once or lose its node: the output of the command until then may show why.
  override var namesLogsAtOnce: Bool { true }

  override func tick() {
    _ = OSText.withCString(folder.claim(index, start: start)) { utimes($0, nil) }
    nextTick = Clock.monotonic + Self.sign
  }

  /// A signal that the cluster sends to all processes of the job reaches the command directly. A signal that it sends
  /// only to the script, which is this process, is passed on to the processes that have a handler for it: a warning
  /// must not end a command that does not handle warnings.
  override func signalled(_ signal: Int32) {
    switch signal {
    case SIGUSR1, SIGUSR2:
      for command in commands.values where !command.hasEnded {
        for process in ProcessTable().tree(of: command.process) where process.catches(signal) {
          process.send(signal)
          if signal == SIGUSR2 { wasWarned = true }
        }
      }
    default: wasTerminated = true
    }
  }

  override func say(_ frame: WorkerFrame, within patience: Int64) {
    guard case .ended(var report) = frame else { return }
    if let peak = cgroup?.peakMemory { report.peakMemory = peak }
    let whole = BatchReport(
      report: report, host: BatchTask.host(), job: BatchTask.variable("SLURM_JOB_ID") ?? "",
      outOfMemoryKills: cgroup?.outOfMemoryKills ?? 0, wasWarned: wasWarned, wasTerminated: wasTerminated)
    KillPoint.reached("worker.batch.report")
    let path = folder.report(index, start: start)
    if !leave(whole, at: path) {
      WorkerProgram.complain(
        "jobmon-worker: cannot write the report \(path): \(String(cString: strerror(errno)))")
    }
    switch report.end {
    case .exit(let code): exit(Int32(code))
    case .signal(let number): exit(Int32(128 + number))
    case .launchFailure: exit(127)
    case .fullDisk: exit(1)
    case .memory, .runtime, .interrupted: exit(128 + SIGTERM)
    }
  }

  /// Writes and syncs the whole report before it gets its name.
  private func leave(_ report: BatchReport, at path: String) -> Bool {
    var writer = ByteWriter()
    report.encode(into: &writer)
    let draft = "\(path).\(getpid()).new"
    let (home, name) = LogPath.split(draft)
    let file: Int32
    do throws(FileFault) {
      file = try GuardedFolder.open(home, below: home, makes: false).writing(name)
    } catch {
      errno = error.code ?? EEXIST
      return false
    }
    var why: Int32 = 0
    if !writer.bytes.withUnsafeBytes({ SmallFile.write($0, to: file) }) || fsync(file) != 0 { why = errno }
    if close(file) != 0, why == 0 { why = errno }
    if why == 0, OSText.withCString(draft, { draft in OSText.withCString(path) { rename(draft, $0) } }) != 0 {
      why = errno
    }
    guard why == 0 else {
      _ = OSText.withCString(draft) { unlink($0) }
      errno = why
      return false
    }
    return true
  }
}

/// The control group in which the cluster has put this job; nil if the job has none of its own.
private struct JobCgroup {
  /// From this process's group up to the job's: the kernel counts at the level of the limit.
  private let counters: [MemoryCounters]

  init?() {
    for group in ControlGroup.own where group.has("memory") {
      guard let job = group.path.firstIndex(where: { $0.hasPrefix("job_") }) else { continue }
      counters = (job..<group.path.count).reversed().map {
        MemoryCounters(folder: group.folder("memory", depth: $0 + 1), isUnified: group.isUnified)
      }
      return
    }
    return nil
  }

  var outOfMemoryKills: Int64 { counters.map(\.outOfMemoryKills).max() ?? 0 }

  /// Bytes, of this step; nil if the kernel does not report it.
  var peakMemory: Int64? { counters.lazy.compactMap(\.peakMemory).first }
}
