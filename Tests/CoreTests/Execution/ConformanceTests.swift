import Foundation
import TestSupport
import Testing

@testable import JobmonExecution
@testable import JobmonModel

/// The conformance check, and its findings about plugins that use the wire protocol.
@Suite(.serialized) struct ConformanceTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  private static func check(
    _ command: [String], folder: String, options: [String: JSONValue] = [:], patience: Double = 60
  ) throws -> [ConformanceCheck.Finding] {
    var findings: [ConformanceCheck.Finding] = []
    let cluster = PluginRegistry.Cluster(name: "checked", plugin: "p", options: options) {
      WireExecutor(plugin: "p", command: command)
    }
    try ConformanceCheck(
      cluster, folder: folder, environment: ["PATH=/usr/bin:/bin", "CHECK_DRIVER=from the driver"],
      patience: patience
    ).run { findings.append($0) }
    return findings
  }

  private static func withFolder(_ body: (String) throws -> Void) throws {
    let folder = NSTemporaryDirectory() + "jobmon-check-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  /// The Python example passes every check, and both sides send only what the schema allows.
  @Test func theSpoolPluginPassesAndItsMessagesMatchTheSchema() throws {
    try Self.withFolder { folder in
      let plugin = Self.root + "/Examples/plugins/spool/jobmon-spool"
      let findings = try Self.check(
        ["/bin/sh", "-c", "tee -a \(folder)/host | \(plugin) | tee -a \(folder)/plugin"], folder: folder,
        options: ["spool": .string(folder + "/spool"), "slots": .integer(4)])
      for finding in findings where finding.result != .pass {
        #expect(finding.result == .notApplicable, "\(finding)")
      }
      #expect(findings.filter { $0.result == .notApplicable }.map(\.name) == ["memory limit", "stop"])
      let schema = try JSONSchema.ofMessages()
      for side in ["host", "plugin"] {
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(side)"))
        // The last line of a killed process may be incomplete.
        let lines = data.split(separator: 10).filter { $0.last == UInt8(ascii: "}") }
        #expect(lines.count > 400)
        // Many lines are alike: check a sample of each kind.
        var seen: [String: Int] = [:]
        for line in lines {
          let value = try JSONDecoder().decode(JSONValue.self, from: line)
          guard case .object(let keys) = value else {
            Issue.record("a line of the \(side) is not an object")
            continue
          }
          let kind = "\(keys["method"] ?? .null)"
          seen[kind, default: 0] += 1
          if seen[kind]! < 50 { try schema.check(line, as: side) }
        }
        #expect(seen.count >= 6)
      }
    }
  }

  /// The check finds violations: here everything except the form of the messages.
  @Test func aPluginThatRunsNothingFails() throws {
    try Self.withFolder { folder in
      let script = folder + "/plugin.py"
      try FakePlugin.script.write(toFile: script, atomically: true, encoding: .utf8)
      let findings = try Self.check(
        ["/usr/bin/python3", script], folder: folder,
        options: ["mode": .string("good"), "folder": .string(folder)],
        patience: 0.5)
      let failed = Set(findings.filter { $0.result == .fail }.map(\.name))
      for name in [
        "validate too much", "exit codes", "signals", "arguments", "environment", "surroundings", "logs",
        "usage",
        "cancel a running task", "cancel at once", "duplicate token", "recover a stranger",
        "recover what runs",
        "recover what ended", "recover and cancel", "kill the plugin",
      ] { #expect(failed.contains(name), "\(name) passes") }
    }
  }

  @Test func anUnusableClusterIsRefused() throws {
    try Self.withFolder { folder in
      #expect {
        _ = try Self.check(["/bin/false"], folder: folder)
      } throws: {
        ($0 as? RunRefusal)?.code == .clusterUnavailable
          && "\($0)" == "cluster checked cannot be used: plugin p (/bin/false) exited with 1"
      }
    }
  }
}
