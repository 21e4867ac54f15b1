import Foundation
import Testing

extension Acceptance {
  /// A process of a task is killed for memory, and the shell around it exits normally. The local cluster enforces
  /// memory with control groups, which only root can create, so the test needs root.
  struct MemoryKillTests {
    /// The shell exits with 0, whatever happened to the process before.
    private static func workflow(attempts: Int, scale: String = "0.5") -> String {
      """
      tool: t
      name: n
      workflow_args: x
      default_max_attempts: \(attempts)
      default_compute_resources: {any: {memory: 50M}}
      default_resource_scales: {memory: \(scale)}
      task_templates:
        go: {command_template: "echo $JOBMON_MEMORY_BYTES >> requests; python3 -c 'held = bytearray(80 << 20)'; echo x"}
      tasks: [{template: go}]
      """
    }

    private func run(_ sandbox: Sandbox, _ text: String, _ more: String...) throws -> (Int32, [String: Any]) {
      let file = try sandbox.write("workflow.yaml", text)
      let ended = try sandbox.start(["\(Sandbox.programs)/jobmon", "run", file, "-o", "json"] + more).wait()
      return (ended.status, try ended.object())
    }

    @Test(arguments: ["local", "multiprocess", "sequential"])
    func aMemoryKillIsAFailureDespiteExitCodeZero(cluster: String) throws {
      let sandbox = try Sandbox()
      let (status, object) = try run(sandbox, Self.workflow(attempts: 1), "-c", cluster)
      #expect(status == 1, "\(object)")
      let failed = try #require((object["failed_tasks"] as? [[String: Any]])?.first)
      #expect(failed["cause"] as? String == "memory")
      let reason = failed["reason"] as? String ?? ""
      for words in ["reached 50 MiB, requested 50 MiB", "exit code 0", "memory_kill_is_failure: false"] {
        #expect(reason.contains(words), "\(reason)")
      }
    }

    @Test func memoryIsScaledUntilTheTaskSucceeds() throws {
      let sandbox = try Sandbox()
      let (status, object) = try run(sandbox, Self.workflow(attempts: 3, scale: "[60M, 256M]"))
      #expect(status == 0, "\(object)")
      #expect(object["retries"] as? Int == 2)
      #expect(sandbox.read("requests") == "\(50 << 20)\n\(60 << 20)\n\(256 << 20)\n")
    }

    @Test func theOptionLetsTheExitCodeDecide() throws {
      let sandbox = try Sandbox()
      let plugins = try sandbox.write(
        "plugins.json", #"{"clusters": {"local": {"options": {"memory_kill_is_failure": false}}}}"#)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: plugins)
      let (status, object) = try run(sandbox, Self.workflow(attempts: 1), "--plugins", plugins)
      #expect(status == 0, "\(object)")
      #expect(sandbox.read("requests") == "\(50 << 20)\n")
    }
  }
}
