import Foundation
import Testing

@testable import JobmonFormat
@testable import JobmonModel

@Suite("Configuration")
struct ConfigurationTests {
  private func file(_ text: String) throws -> String {
    let path = FileManager.default.temporaryDirectory.path + "/jobmon-config-\(UUID().uuidString).yaml"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  @Test("the environment overrides the file, the file overrides the defaults, and each value has its origin")
  func precedence() throws {
    let path = try file("heartbeat: {interval: 7}\nengine:\n  backoff_max: 2m\n")
    defer { unlink(path) }
    let environment = ["HOME": "/nowhere", "JOBMON__HEARTBEAT__INTERVAL": "9", "JOBMON_DATABASE": "/d.db"]
    let configuration = try Configuration(file: path, environment: environment)
    #expect(configuration.seconds("heartbeat.interval") == 9)
    #expect(
      configuration.settings["heartbeat.interval"]?.origin == .environment("JOBMON__HEARTBEAT__INTERVAL"))
    #expect(configuration.seconds("engine.backoff_max") == 120)
    #expect(configuration.settings["engine.backoff_max"]?.origin == .file(path))
    #expect(configuration.seconds("engine.kill_grace") == 10)
    #expect(configuration.settings["engine.kill_grace"]?.origin == .standard)
    #expect(configuration.path("database.path") == "/d.db")
  }

  @Test(
    "unknown keys and invalid values are errors that say what to do",
    arguments: [
      ("heartbeat: {intervall: 7}", "did you mean 'heartbeat.interval'?"),
      ("engine: {kill_grace: soon}", "not a valid time span"),
      ("database: {synchronous: often}", "neither normal nor full"),
      ("ui: {color: red}", "one of auto, always, never"),
      ("engine: {infrastructure_attempts: 0}", "1 or more"),
    ])
  func faults(text: String, message: String) throws {
    let path = try file(text)
    defer { unlink(path) }
    let refusal = try #require(throws: RunRefusal.self) { try Configuration(file: path, environment: [:]) }
    #expect(refusal.message.contains(message), "\(refusal)")
    #expect(refusal.line == 1)
  }

  @Test("a configuration file that was named must exist, the default one need not")
  func missing() throws {
    #expect(throws: RunRefusal.self) { try Configuration(file: "/nowhere/x.yaml", environment: [:]) }
    #expect(try Configuration(environment: ["HOME": "/nowhere"]).text("ui.color") == "auto")
  }

  @Test(
    "a setting is written in its place, and nothing else changes",
    arguments: [
      ("", "ui:\n  color: never\n"),
      ("# mine\n", "# mine\nui:\n  color: never\n"),
      ("{}", #"{"ui": {"color": "never"}}"#),
      (#"{"ui": {"color": "auto"}}"#, #"{"ui": {"color": "never"}}"#),
      ("ui: {progress: false} # no", #"ui: {"color": "never", progress: false} # no"#),
      ("ui:\n    color: 'auto' # a\n", "ui:\n    color: never # a\n"),
      ("ui:\n # x\n progress: false\n", "ui:\n # x\n color: never\n progress: false\n"),
      ("logs:\n  directory: /x", "logs:\n  directory: /x\nui:\n  color: never\n"),
    ])
  func writing(before: String, after: String) throws {
    let path = try file(before)
    defer { unlink(path) }
    try ConfigurationFile(path: path).set("ui.color", to: "never")
    #expect(try String(contentsOfFile: path, encoding: .utf8) == after)
    #expect(try Configuration(file: path, environment: [:]).text("ui.color") == "never")
    #expect(try ConfigurationFile(path: path).set("ui.color", to: "never") == "never")
  }

  @Test("a file that can only be edited by hand is left unchanged")
  func unwritable() throws {
    let text = "ui:\n  color: auto\n...\n"
    let path = try file(text)
    defer { unlink(path) }
    let refusal = try #require(throws: RunRefusal.self) {
      try ConfigurationFile(path: path).set("logs.directory", to: "/x")
    }
    #expect(refusal.message.contains("by hand"))
    #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
  }
}
