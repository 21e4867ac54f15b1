import Foundation

/// The environment of one test: a home, a database, a ledger, and the built programs. Nothing outside is modified.
final class Sandbox: @unchecked Sendable {
  let root: String
  var environment: [String: String]
  var disks: [SmallDisk] = []
  private let lock = NSLock()
  private var started = 0

  /// - Parameter root: an existing folder to use, such as a mounted file system; otherwise a new one is created.
  init(root given: String? = nil) throws {
    if let given {
      root = given
    } else {
      var template = Array("\(NSTemporaryDirectory())/jobmon-acceptance-XXXXXX".utf8CString)
      guard mkdtemp(&template) != nil else { throw HarnessError("cannot make a folder for a test") }
      root =
        URL(
          fileURLWithPath: String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        )
        .resolvingSymlinksInPath().path
    }
    for folder in ["home", "out", "locks"] {
      try FileManager.default.createDirectory(atPath: "\(root)/\(folder)", withIntermediateDirectories: true)
    }
    environment = [
      "HOME": "\(root)/home", "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "UTC",
      "JOBMON_DATABASE": "\(root)/jobmon.db", "JOBMON__LOGS__DIRECTORY": "\(root)/logs", "NO_COLOR": "1",
      "JOBMON__ENGINE__KILL_GRACE": "1s", "JOBMON__ENGINE__BACKOFF_FIRST": "0.05s",
      "JOBMON_HOST_CLAIMS": "\(root)/claims",
      "LEDGER": "\(root)/ledger", "LOCKS": "\(root)/locks", "OUT": "\(root)/out",
    ]
    // The run-time libraries of the toolchain, for programs that are linked dynamically, and the library for libslurm.
    for name in ["LD_LIBRARY_PATH", "SWIFT_BACKTRACE", "JOBMON_LIBSLURM"] {
      environment[name] = ProcessInfo.processInfo.environment[name]
    }
    try write("task.sh", LedgerTask.script)
  }

  deinit {
    endEverything()
    for disk in disks { disk.unmount() }
    if ProcessInfo.processInfo.environment["JOBMON_KEEP_SANDBOXES"] == nil {
      try? FileManager.default.removeItem(atPath: root)
    }
  }

  // MARK: Programs

  /// The folder of the built programs: where the tests were built, or `JOBMON_PROGRAMS`.
  static let programs: String = {
    if let given = ProcessInfo.processInfo.environment["JOBMON_PROGRAMS"] { return given }
    // The bundle is .build/debug/jobmonPackageTests.xctest, or a runner beside it.
    var folder = Bundle.main.bundleURL
    for argument in CommandLine.arguments where argument.hasSuffix(".xctest") {
      folder = URL(fileURLWithPath: argument)
    }
    while folder.path != "/" {
      if FileManager.default.isExecutableFile(atPath: folder.appendingPathComponent("jobmon").path) {
        return folder.path
      }
      folder.deleteLastPathComponent()
    }
    fatalError("jobmon is not built beside the tests: \(Bundle.main.bundleURL.path)")
  }()

  /// Starts any program in this sandbox.
  func start(
    _ arguments: [String], environment extra: [String: String] = [:], folder: String? = nil,
    stdin: String = "/dev/null"
  ) throws -> Child {
    let number = lock.withLock {
      started += 1
      return started
    }
    return try Child(
      arguments, environment: environment.merging(extra) { $1 }, folder: folder ?? root, stdin: stdin,
      stdout: "\(root)/out/\(number).stdout", stderr: "\(root)/out/\(number).stderr")
  }

  /// Starts `jobmon` with these arguments.
  func jobmon(
    _ arguments: String..., environment: [String: String] = [:], folder: String? = nil
  ) throws -> Child {
    try start(["\(Self.programs)/jobmon"] + arguments, environment: environment, folder: folder)
  }

  /// Runs `jobmon` to its end.
  func run(
    _ arguments: String..., environment: [String: String] = [:], seconds: Double = 60
  ) throws -> Child.Finished {
    try start(["\(Self.programs)/jobmon"] + arguments, environment: environment).wait(seconds)
  }

  /// Runs a shell command to its end. Throws if the command fails.
  @discardableResult
  func shell(_ command: String, seconds: Double = 60) throws -> String {
    let finished = try start(["/bin/sh", "-c", command]).wait(seconds)
    guard finished.status == 0 else { throw HarnessError("`\(command)` failed: \(finished)") }
    return finished.stdout
  }

  /// Throws if `jobmon` would not load a library that `LD_PRELOAD` names.
  func requirePreloading() throws {
    guard try start(["ldd", "\(Self.programs)/jobmon"]).wait().status == 0 else {
      throw HarnessError("jobmon is linked statically: build it for tests (JOBMON_LINKING=dynamic)")
    }
  }

  // MARK: Files

  func path(_ name: String) -> String { "\(root)/\(name)" }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

  /// Writes a whole file. Returns its path.
  @discardableResult
  func write(_ name: String, _ text: String) throws -> String {
    try text.write(toFile: path(name), atomically: true, encoding: .utf8)
    return path(name)
  }

  /// Writes a program.
  ///
  /// The kernel starts no file that some process has open for writing (ETXTBSY). What this process has open is inherited
  /// by every child that is being started at the moment, so another process writes the program.
  @discardableResult
  func program(_ name: String, _ text: String) throws -> String {
    let draft = try write(name + ".draft", text)
    try shell("cp '\(draft)' '\(path(name))' && chmod 755 '\(path(name))' && rm '\(draft)'")
    return path(name)
  }

  func read(_ name: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path(name)) ?? Data(), as: UTF8.self)
  }

  /// Releases everything that waits for `gate`.
  func open(gate: String) throws { try write(gate, "open\n") }

  // MARK: Processes

  /// The live processes of this sandbox: those that inherited its HOME.
  func processes() -> [(pid: pid_t, program: String)] {
    let mark = Array("HOME=\(root)/home".utf8)
    let own = getpid()
    return ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { name in
      guard let pid = pid_t(name), pid != own,
        let environment = FileManager.default.contents(atPath: "/proc/\(name)/environ"), !environment.isEmpty,
        environment.split(separator: 0).contains(where: { $0.elementsEqual(mark) })
      else { return nil }
      let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(name)/exe")) ?? "?"
      return (pid, URL(fileURLWithPath: program).lastPathComponent)
    }
  }

  /// Kills all processes of this program in this sandbox at once. Returns their number.
  @discardableResult
  func killAll(_ program: String) -> Int {
    let found = processes().filter { $0.program == program }
    for process in found { kill(process.pid, SIGKILL) }
    return found.count
  }

  private func endEverything() {
    for _ in 0..<200 {
      let left = processes()
      if left.isEmpty { return }
      for process in left { kill(process.pid, SIGKILL) }
      usleep(2000)
    }
  }
}
