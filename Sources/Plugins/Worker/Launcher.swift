import CLinux
import Glibc
import LinuxProcesses
import WorkerProtocol

/// Starts commands: in their folder, with their files and environment.
struct Launcher {
  /// Longer commands do not fit into one argument (128 KiB): they are run from a file beside the log.
  static let longestArgument = 120 << 10

  private let directory: String
  private let environment: SharedEnvironment
  /// What commands are given that are started without a shell; nil where none is.
  private let plainEnvironment: SharedEnvironment?
  private let searchPath: String?

  /// The environment that all commands share, as C strings that live as long as the worker.
  private struct SharedEnvironment {
    let strings: [UnsafeMutablePointer<CChar>?]
    /// The place of each name.
    let names: [Substring: Int]

    init(_ variables: [String]) {
      strings = variables.map { strdup($0) }
      names = Dictionary(
        variables.enumerated().map { ($1.prefix { $0 != "=" }, $0) }, uniquingKeysWith: { first, _ in first })
    }
  }

  /// - Parameter usesShell: for every command, the plain ones included.
  init(_ setting: CommandSetting, usesShell: Bool) {
    directory = setting.directory
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
  }

  /// Starts a command; its process id, and whether it was started without a shell.
  func start(_ order: CommandOrder, cgroup: MemoryCgroup?) throws(Failure) -> (process: pid_t, isPlain: Bool)
  {
    if let plainEnvironment, let searchPath, order.command.utf8.count <= Self.longestArgument,
      !order.environment.contains(where: { $0.hasPrefix("PATH=") || $0.hasPrefix("PWD=") }),
      let words = PlainCommand.words(order.command),
      let program = PlainCommand.find(words[0], path: searchPath),
      let process = try start(program, words, order, plainEnvironment, cgroup: cgroup, mayFail: true)
    {
      return (process, true)
    }
    var arguments = ["sh", "-c", order.command]
    if let first = order.command.utf8.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
      arguments.insert("--", at: 2)  // or the shell would take it for an option
    }
    if order.command.utf8.count > Self.longestArgument {
      arguments = ["sh", try writeScript(order)]
    }
    return (try start("/bin/sh", arguments, order, environment, cgroup: cgroup, mayFail: false)!, false)
  }

  /// - Parameter mayFail: whether nil is returned where the program cannot be run: a shell says why, and knows scripts
  ///   that do not say who runs them.
  private func start(
    _ program: String, _ arguments: [String], _ order: CommandOrder, _ environment: SharedEnvironment,
    cgroup: MemoryCgroup?, mayFail: Bool
  ) throws(Failure) -> pid_t? {
    var strings = CStrings()
    let path = strings.add(program)
    let folder = strings.add(directory)
    let out = strings.add(order.stdout)
    let err = order.stderr == order.stdout ? nil : strings.add(order.stderr)
    let procs = cgroup.map { strings.add($0.procs) }
    let firstArgument = strings.count
    for argument in arguments { strings.add(argument) }
    let firstVariable = strings.count
    var shared = environment.strings
    for variable in order.environment {
      if let place = environment.names[variable.prefix { $0 != "=" }] { shared[place] = nil }
      strings.add(variable)
    }

    return try strings.withPointers { (pointers) throws(Failure) -> pid_t? in
      let argv = Array(pointers[firstArgument..<firstVariable]) + [nil]
      let envp = shared.filter { $0 != nil } + Array(pointers[firstVariable...]) + [nil]
      return try argv.withUnsafeBufferPointer { (argv) throws(Failure) -> pid_t? in
        try envp.withUnsafeBufferPointer { (envp) throws(Failure) -> pid_t? in
          var request = clinux_spawn()
          request.path = UnsafePointer(pointers[path])
          request.arguments = argv.baseAddress
          request.environment = envp.baseAddress
          request.directory = UnsafePointer(pointers[folder])
          request.out = UnsafePointer(pointers[out])
          request.err = err.flatMap { UnsafePointer(pointers[$0]) }
          request.cgroup = procs.flatMap { UnsafePointer(pointers[$0]) }
          return try spawn(&request, order, mayFail: mayFail)
        }
      }
    }
  }

  /// Folders of log files are made when a file cannot be: at the first command, and when they have vanished.
  private func spawn(_ request: inout clinux_spawn, _ order: CommandOrder, mayFail: Bool) throws(Failure)
    -> pid_t?
  {
    var tries = 0
    while true {
      var failed: Int32 = 0
      let process = clinux_spawn(&request, &failed)
      if process > 0 { return process }
      let why = errno
      if mayFail, failed == Int32(CLINUX_SPAWN_EXEC.rawValue) { return nil }
      tries += 1
      let log = failed == Int32(CLINUX_SPAWN_STDERR.rawValue) ? order.stderr : order.stdout
      if isLog(failed), why == ENOENT, tries < 3 {
        let folder = String(log.prefix(upTo: log.lastIndex(of: "/") ?? log.startIndex))
        if makeFolders(folder) { continue }
        throw Failure(message: "cannot make the log folder \(folder): \(text(errno))")
      }
      throw Failure(message: "\(what(failed, order, log)): \(text(why))")
    }
  }

  private func isLog(_ step: Int32) -> Bool {
    step == Int32(CLINUX_SPAWN_STDOUT.rawValue) || step == Int32(CLINUX_SPAWN_STDERR.rawValue)
  }

  private func what(_ step: Int32, _ order: CommandOrder, _ log: String) -> String {
    switch step {
    case Int32(CLINUX_SPAWN_CGROUP.rawValue): "cannot enter its control group"
    case Int32(CLINUX_SPAWN_DIRECTORY.rawValue): "cannot enter the working directory \(directory)"
    case Int32(CLINUX_SPAWN_STDOUT.rawValue), Int32(CLINUX_SPAWN_STDERR.rawValue): "cannot write \(log)"
    case Int32(CLINUX_SPAWN_EXEC.rawValue): "cannot run /bin/sh"
    default: "cannot start a process"
    }
  }

  private func writeScript(_ order: CommandOrder) throws(Failure) -> String {
    let path = order.stdout + ".sh"
    if SmallFile.write(order.command, to: path) { return path }
    _ = makeFolders(String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex)))
    guard SmallFile.write(order.command, to: path) else {
      throw Failure(message: "cannot write the command to \(path): \(text(errno))")
    }
    return path
  }

  private func text(_ error: Int32) -> String { String(cString: strerror(error)) }
}

/// Makes a folder and those above it, with mode 0700; whether it is there. Else errno says why not.
func makeFolders(_ path: String) -> Bool {
  if path.isEmpty || mkdir(path, 0o700) == 0 { return true }
  if errno == EEXIST {
    var found = stat()
    if stat(path, &found) == 0, found.st_mode & S_IFMT == S_IFDIR { return true }
    errno = ENOTDIR
    return false
  }
  guard errno == ENOENT, let slash = path.lastIndex(of: "/") else { return false }
  guard makeFolders(String(path[..<slash])) else { return false }
  return mkdir(path, 0o700) == 0 || errno == EEXIST
}
