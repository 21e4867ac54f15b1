import Foundation

/// A Slurm cluster of four nodes on this machine, created by `Scripts/slurm-lab`.
final class SlurmLab: @unchecked Sendable {
  private static let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  /// The lab of tests that do not touch its daemons. It is shut down when this process ends.
  static let shared = Result {
    let lab = try SlurmLab(port: 17_000 + ports)
    downAtExit = lab.folder
    atexit {
      if let folder = SlurmLab.downAtExit { _ = try? SlurmLab.script("down", folder, [:]) }
    }
    return lab
  }
  nonisolated(unsafe) private static var downAtExit: String?
  /// The ports of this process's labs, so that several processes can test on one machine.
  private static let ports = Int(getpid() % 600) * 20

  /// How the tests access Slurm: `JOBMON_LAB_ACCESS=commands` runs all of them without libslurm.
  static let access = ProcessInfo.processInfo.environment["JOBMON_LAB_ACCESS"] ?? "auto"

  let folder: String
  private let isShared: Bool

  /// A lab for a single test, which may change it in any way.
  ///
  /// - Parameters:
  ///   - settings: lines of slurm.conf, such as `["MaxArraySize=5"]`.
  ///   - submitScript: the path of a job_submit.lua.
  convenience init(settings: [String], hasAccounting: Bool = false, submitScript: String = "") throws {
    try self.init(
      port: 17_010 + Self.ports, settings: settings, hasAccounting: hasAccounting,
      submitScript: submitScript, isShared: false)
  }

  private init(
    port: Int, settings: [String] = [], hasAccounting: Bool = false, submitScript: String = "",
    isShared: Bool = true
  ) throws {
    folder = NSTemporaryDirectory() + "jobmon-slurm-lab-\(port)"
    self.isShared = isShared
    let said = try Self.script(
      "up", folder,
      [
        "LAB_PORT": "\(port)", "LAB_CONF": settings.joined(separator: "\n"),
        "ACCOUNTING": hasAccounting ? "1" : "", "LAB_SUBMIT": submitScript,
      ])
    guard said.status == 0 else {
      throw HarnessError("the Slurm lab did not come up, and its tests are not skipped: \(said)")
    }
  }

  deinit { if !isShared { _ = try? Self.script("down", folder, [:]) } }

  private static func script(_ word: String, _ folder: String, _ more: [String: String]) throws
    -> Child.Finished
  {
    let environment = ["PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
    return try Child(
      ["\(project)/Scripts/slurm-lab", word, folder], environment: environment.merging(more) { $1 },
      folder: project, stdout: folder + ".out", stderr: folder + ".err"
    ).wait(120)
  }

  var configuration: String { folder + "/slurm.conf" }

  /// A sandbox whose cluster `slurm` is this lab, with shorter delays than the defaults.
  func sandbox(_ options: [String: Any] = [:], root: String? = nil) throws -> Sandbox {
    let sandbox = try Sandbox(root: root)
    sandbox.environment["SLURM_CONF"] = configuration
    // Here the nodes see changes of the shared file system at once, so short delays and a short absence are enough.
    let own: [String: Any] = [
      "scratch": sandbox.path("scratch"), "report_delay": "2s", "lost_after": "3s", "access": Self.access,
    ]
    let registry = ["clusters": ["slurm": ["plugin": "slurm", "options": own.merging(options) { $1 }]]]
    let file = try sandbox.write(
      "slurm.json", String(decoding: try JSONSerialization.data(withJSONObject: registry), as: UTF8.self))
    chmod(file, 0o600)
    sandbox.environment["JOBMON_PLUGINS"] = file
    return sandbox
  }

  // MARK: Its daemons

  /// A daemon's process, from the lab's own records: `slurmctld`, `munged`, `n1`.
  func process(_ name: String) throws -> pid_t {
    let text = try String(contentsOfFile: "\(folder)/\(name).pid", encoding: .utf8)
    guard let process = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
      throw HarnessError("\(name) has no process")
    }
    return process
  }

  func signal(_ name: String, _ number: Int32) throws { kill(try process(name), number) }

  func stop(_ name: String) throws {
    let process = try process(name)
    kill(process, SIGTERM)
    try eventually("\(name) ends") { kill(process, 0) != 0 }
  }

  /// Waits until the plugin has queried the jobs this many more times: it has then processed all earlier answers.
  func waitForQueries(_ count: Int, in sandbox: Sandbox) throws {
    func asked() throws -> Int {
      // For root, squeue asks for the jobs of all users.
      let said = try sandbox.shell(
        #"sdiag | sed -n 's/.*REQUEST_JOB\(_USER\)*_INFO .*count:\([0-9]*\).*/\2/p'"#)
      return said.split(separator: "\n").compactMap { Int($0) }.reduce(0, +)
    }
    let before = try asked()
    try eventually("\(count) more queries", within: 60) { try asked() >= before + count }
  }

  func startController(in sandbox: Sandbox) throws {
    try sandbox.shell("env -i SLURM_CONF='\(configuration)' /usr/sbin/slurmctld")
    try eventually("the controller answers") {
      try sandbox.start(["/bin/sh", "-c", "scontrol ping | grep -q UP"]).wait().status == 0
    }
  }

  /// Simulates a power failure of a node: kills its daemon and everything that it has started.
  func cutPower(_ name: String, in sandbox: Sandbox) throws {
    try signal(name, SIGKILL)
    // Job steps and their processes are identified by the node name in their environment or arguments.
    try sandbox.shell(
      """
      for p in /proc/[0-9]*; do
        id=${p#/proc/}
        if tr '\\0' '\\n' <$p/environ 2>/dev/null | grep -qx -e 'SLURMD_NODENAME=\(name)' \
          && [ "$id" != $$ ]; then kill -KILL $id 2>/dev/null; fi
        if tr '\\0' ' ' <$p/cmdline 2>/dev/null | grep -q 'slurmstepd' \
          && tr '\\0' '\\n' <$p/environ 2>/dev/null | grep -q 'SLURM_CONF=\(configuration)'; then
          readlink $p/cwd | grep -q '/\(name)' && kill -KILL $id 2>/dev/null
        fi
      done; true
      """)
  }
}
