import CLinux
import Glibc
import LinuxProcesses
import OSText
import WorkerProtocol

/// Starts commands: in their folder, with their files and environment. All paths and variables are ``OSText``; only the
/// command itself is text.
struct Launcher {
  /// Longer commands do not fit into one argument (128 KiB): they are run from a file beside the log.
  static let longestArgument = 120 << 10

  let directory: String
  /// The same as a C string that lives as long as the worker.
  private let folder: UnsafePointer<CChar>
  private let environment: SharedEnvironment
  /// What commands are given that are started without a shell; nil where none is.
  private let plainEnvironment: SharedEnvironment?
  private let searchPath: String?

  /// - Parameter usesShell: for every command, the plain ones included.
  init(_ setting: CommandSetting, usesShell: Bool) {
    directory = setting.directory
    folder = UnsafePointer(OSText.duplicate(directory))
    environment = SharedEnvironment(setting.environment)
    searchPath = setting.environment.first { $0.hasPrefix("PATH=") }.map { String($0.dropFirst(5)) }
    let plain =
      !usesShell && PlainCommand.shellIsDash
      ? PlainCommand.environment(setting.environment, directory: setting.directory) : nil
    plainEnvironment = plain.map { SharedEnvironment($0) }
  }

  /// Why a command could not be started.
  struct Failure: Error {
    var message: String
    var fault = LaunchFault.temporary
  }

  /// Starts a command: without a shell where that is possible, unless this time `usesShell` wants one.
  ///
  /// - Returns: the child, which may yet fail to become the command, and whether it does without a shell.
  func start(_ order: CommandOrder, cgroup: MemoryCgroup?, usesShell: Bool) throws(Failure) -> (
    launch: Launch, isPlain: Bool
  ) {
    if !usesShell, let plainEnvironment, let searchPath,
      order.command.utf8.count <= Self.longestArgument,
      !order.environment.contains(where: { SharedEnvironment.name(of: $0, is: "PATH", "PWD") }),
      let words = PlainCommand.words(order.command),
      let program = PlainCommand.find(words[0], path: searchPath)
    {
      return (try start(program, words.map(OSText.escaping), order, plainEnvironment, cgroup: cgroup), true)
    }
    var arguments = ["sh", "-c", OSText.escaping(order.command)]
    if let first = order.command.utf8.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
      arguments.insert("--", at: 2)  // or the shell would take it for an option
    }
    if order.command.utf8.count > Self.longestArgument {
      arguments = ["sh", try writeScript(order)]
    }
    return (try start("/bin/sh", arguments, order, environment, cgroup: cgroup), false)
  }

  private func start(
    _ program: String, _ arguments: [String], _ order: CommandOrder, _ environment: SharedEnvironment,
    cgroup: MemoryCgroup?
  ) throws(Failure) -> Launch {
    let out = try open(order.stdout)
    defer { close(out) }
    let err = order.stderr == order.stdout ? out : try open(order.stderr)
    defer { if err != out { close(err) } }
    let launch = Launch(
      program: program, arguments: arguments, directory: folder,
      shared: environment.strings(under: order.environment), variables: order.environment,
      outputs: (out, err), cgroup: cgroup?.procs, mark: ProcessMark(task: order.token))
    guard let launch else { throw Self.failure("cannot start a process", errno) }
    return launch
  }

  /// Folders of log files are made when a file cannot be: at the first command, and when they have vanished.
  private func open(_ log: String) throws(Failure) -> Int32 {
    var tries = 0
    while true {
      let file = OSText.withCString(log) { clinux_open_write($0, 0o600) }
      if file >= 0 { return file }
      let why = errno
      tries += 1
      guard why == ENOENT, tries < 3 else {
        throw Self.failure("cannot write \(log)", why, of: .permanent)
      }
      let folder = String(log.prefix(upTo: log.lastIndex(of: "/") ?? log.startIndex))
      guard makeFolders(folder) else {
        throw Self.failure("cannot make the log folder \(folder)", errno, of: .permanent)
      }
    }
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

  /// What can never go away by itself. What is not here may: a full disk, too many open files, a file server that is away.
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

  private func writeScript(_ order: CommandOrder) throws(Failure) -> String {
    let path = order.stdout + ".sh"
    if SmallFile.write(order.command, to: path) { return path }
    _ = makeFolders(String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex)))
    guard SmallFile.write(order.command, to: path) else {
      throw Self.failure("cannot write the command to \(path)", errno, of: .permanent)
    }
    return path
  }
}

/// Makes a folder and those above it, with mode 0700; whether it is there. Else errno says why not.
func makeFolders(_ path: String) -> Bool {
  if path.isEmpty || OSText.withCString(path, { mkdir($0, 0o700) }) == 0 { return true }
  if errno == EEXIST {
    var found = stat()
    if OSText.withCString(path, { stat($0, &found) }) == 0, found.st_mode & S_IFMT == S_IFDIR { return true }
    errno = ENOTDIR
    return false
  }
  guard errno == ENOENT, let slash = path.lastIndex(of: "/") else { return false }
  guard makeFolders(String(path[..<slash])) else { return false }
  return OSText.withCString(path) { mkdir($0, 0o700) } == 0 || errno == EEXIST
}
