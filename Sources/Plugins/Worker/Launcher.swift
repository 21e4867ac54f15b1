import CLinux
import Glibc
import GuardedFiles
import LinuxProcesses
import OSText
import WorkerProtocol

/// Starts commands in their working directory, with their files and environment. All paths and variables are
/// ``OSText``; only the command itself is text.
struct Launcher {
  /// Longer commands do not fit into one argument (128 KiB) and are run from a file beside the log file.
  static let longestArgument = 120 << 10

  let directory: String
  /// The directory as a C string that lives as long as the worker.
  private let folder: UnsafePointer<CChar>
  private let environment: SharedEnvironment
  /// The environment of commands that are started without a shell; nil if every command needs one.
  private let plainEnvironment: SharedEnvironment?
  private let searchPath: String?
  let logs: LogFolders

  /// - Parameters:
  ///   - usesShell: whether every command gets a shell, even one that needs none.
  ///   - namesLogsAtOnce: whether log files have their names from the start.
  init(_ setting: CommandSetting, usesShell: Bool, namesLogsAtOnce: Bool) {
    logs = LogFolders(namesAtOnce: namesLogsAtOnce)
    directory = setting.directory
    folder = UnsafePointer(OSText.duplicate(directory))
    environment = SharedEnvironment(setting.environment)
    searchPath = setting.environment.first { $0.hasPrefix("PATH=") }.map { String($0.dropFirst(5)) }
    let plain =
      !usesShell && PlainCommand.shellIsDash
      ? PlainCommand.environment(setting.environment, directory: setting.directory) : nil
    plainEnvironment = plain.map { SharedEnvironment($0) }
  }

  /// Why a command could not start.
  struct Failure: Error {
    var message: String
    var fault = LaunchFault.temporary
  }

  /// A child that is about to become a command.
  struct Started {
    var launch: Launch
    /// Whether it runs without a shell.
    var isPlain: Bool
    /// The same object twice if both outputs go to one file.
    var out: LogFile
    var err: LogFile
  }

  /// Starts a command without a shell if possible and if `usesShell` does not require one.
  ///
  /// - Returns: the child, which can still fail to become the command.
  func start(_ order: CommandOrder, cgroup: MemoryCgroup?, usesShell: Bool) throws(Failure) -> Started {
    if !usesShell, let plainEnvironment, let searchPath,
      order.command.utf8.count <= Self.longestArgument,
      !order.environment.contains(where: { SharedEnvironment.name(of: $0, is: "PATH", "PWD") }),
      let words = PlainCommand.words(order.command),
      let program = PlainCommand.find(words[0], path: searchPath)
    {
      return try start(
        program, words.map(OSText.escaping), order, plainEnvironment, cgroup: cgroup, isPlain: true)
    }
    var arguments = ["sh", "-c", OSText.escaping(order.command)]
    if let first = order.command.utf8.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
      arguments.insert("--", at: 2)  // so that the shell does not take it for an option
    }
    if order.command.utf8.count > Self.longestArgument {
      arguments = ["sh", try writeScript(order)]
    }
    return try start("/bin/sh", arguments, order, environment, cgroup: cgroup, isPlain: false)
  }

  private func start(
    _ program: String, _ arguments: [String], _ order: CommandOrder, _ environment: SharedEnvironment,
    cgroup: MemoryCgroup?, isPlain: Bool
  ) throws(Failure) -> Started {
    let out = try logs.start(order.stdout)
    defer { close(out.descriptor) }
    let err = order.stderr == order.stdout ? nil : try logs.start(order.stderr)
    defer { if let err { close(err.descriptor) } }
    try keepAttributes(order)
    let launch = Launch(
      program: program, arguments: arguments, directory: folder,
      shared: environment.strings(under: order.environment), variables: order.environment,
      outputs: (out.descriptor, (err ?? out).descriptor), cgroup: cgroup?.procs,
      mark: ProcessMark(task: order.token))
    guard let launch else { throw Self.failure("cannot start a process", errno) }
    return Started(launch: launch, isPlain: isPlain, out: out.file, err: (err ?? out).file)
  }

  /// Creates the file for the command's attributes in a folder that others can write to. Otherwise others could create
  /// it first as a link to any other file. In other folders it is not created, because most commands write no
  /// attributes.
  private func keepAttributes(_ order: CommandOrder) throws(Failure) {
    let mark = "JOBMON_ATTRIBUTES="
    guard let path = order.environment.last(where: { $0.hasPrefix(mark) })?.dropFirst(mark.count),
      logs.isShared(LogPath.split(String(path)).folder)
    else { return }
    close(try logs.open(String(path)))
  }

  /// Why a child did not become its command.
  static func failure(_ failed: (step: clinux_spawn_step, why: Int32), directory: String) -> Failure {
    switch failed.step {
    case CLINUX_SPAWN_CGROUP: failure("cannot enter its control group", failed.why)
    case CLINUX_SPAWN_DIRECTORY:
      failure("cannot enter the working directory \(directory)", failed.why, of: .directory)
    case CLINUX_SPAWN_EXEC: failure("cannot run /bin/sh", failed.why, of: .permanent)
    default: failure("cannot start a process", failed.why)
    }
  }

  /// Errors that never disappear by themselves. Others may: too many open files, a file server that is unreachable.
  private static let lasting: [LaunchFault: Set<Int32>] = [
    .directory: [ENOENT, ENOTDIR, EACCES, ELOOP, ENAMETOOLONG],
    // E2BIG: the environment and the arguments are too long to start any program.
    .permanent: [ENOTDIR, EACCES, EPERM, EROFS, EISDIR, ENAMETOOLONG, ELOOP, E2BIG],
  ]

  private static func failure(_ what: String, _ why: Int32, of kind: LaunchFault = .temporary) -> Failure {
    Failure(
      message: "\(what): \(String(cString: strerror(why)))",
      fault: lasting[kind]?.contains(why) == true ? kind : .temporary)
  }

  /// Why a file beside the log files cannot be written or used.
  static func failure(_ path: String, _ fault: FileFault) -> Failure {
    let what =
      switch fault.step {
      case .make: "cannot create the log folder \(LogPath.split(path).folder)"
      case .open where fault.isRefusal && fault.path != path: "cannot use the log folder \(fault.path)"
      case .open: "cannot write \(path)"
      }
    return Failure(
      message: "\(what): \(fault)",
      fault: fault.isFullDisk ? .fullDisk : fault.isLasting ? .permanent : .temporary)
  }

  private func writeScript(_ order: CommandOrder) throws(Failure) -> String {
    let path = order.stdout + ".sh"
    let file = try logs.open(path)
    defer { close(file) }
    var text = order.command
    let isWritten = text.withUTF8 { SmallFile.write(UnsafeRawBufferPointer($0), to: file) }
    guard isWritten else {
      let why = errno
      let failure = Self.failure("cannot write the command to \(path)", why, of: .permanent)
      throw DiskRoom.isFull(why) ? Failure(message: failure.message, fault: .fullDisk) : failure
    }
    return path
  }
}
