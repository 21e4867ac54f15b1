import Foundation
import JobmonCore
import Logging
import Testing

@testable import BuiltinPlugins

/// Which clusters exist, according to the layers of the registry.
@Suite struct RegistryTests {
  @Test func theBuiltInRegistryIsThatOfTheSourceTree() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let file = try Data(contentsOf: root.appendingPathComponent("plugins.json"))
    let decoder = JSONDecoder()
    #expect(
      try decoder.decode(JSONValue.self, from: file)
        == decoder.decode(JSONValue.self, from: Data(PluginRegistry.compiledIn.utf8)))
  }

  @Test func standardClusters() throws {
    let registry = try PluginRegistry.standard(file: nil, environment: [:])
    #expect(registry.names == ["dummy", "local", "multiprocess", "sequential", "slurm"])
    let sequential = try registry.cluster("sequential")
    #expect(sequential.plugin == "local")
    #expect(sequential.options == ["slots": .integer(1)])
    #expect(sequential.source == "built in")
  }

  @Test func laterLayersOverrideKeyByKey() throws {
    let registry = try Self.registry(
      #"{"clusters": {"local": {"options": {"memory": "$SIZE", "queues": [{"name": "~/q"}]}}, "sequential": null}}"#,
      #"{"clusters": {"local": {"options": {"slots": null, "queues": null}}, "wide": {"plugin": "local"}}}"#)
    #expect(registry.names == ["dummy", "local", "multiprocess", "slurm", "wide"])
    let local = try registry.cluster("local")
    #expect(local.options == ["memory": .string("4G")])
    #expect(local.source == "layer 1")
  }

  @Test func anUnknownClusterIsReportedWithASuggestion() throws {
    let registry = try PluginRegistry.standard(file: nil, environment: [:])
    #expect {
      try registry.cluster("sequental")
    } throws: { error in
      (error as? RunRefusal)?.code == .unknownCluster
        && "\(error)"
          == "there is no cluster 'sequental'; did you mean 'sequential'? Known: dummy, local, multiprocess, sequential, slurm"
    }
  }

  @Test(arguments: [
    (#"{"clusters": "#, "the cluster registry layer 0 is not valid JSON:"),
    (#"[]"#, "the cluster registry layer 0 must be an object with plugins and clusters"),
    (
      #"{"cluster": {}}"#,
      "the cluster registry layer 0 has the key 'cluster'; it may have clusters and plugins"
    ),
  ])
  func invalidLayersAreRefused(json: String, sentence: String) {
    #expect {
      _ = try Self.registry(json)
    } throws: {
      ($0 as? RunRefusal)?.code == .invalidFile && "\($0)".hasPrefix(sentence)
    }
  }

  @Test(arguments: [
    (
      #"{"clusters": {"x": 1}}"#,
      "the cluster registry layer 0 clusters.x must be an object, or null to remove it"
    ),
    (
      #"{"clusters": {"x": {}}}"#,
      #"the cluster registry layer 0 does not say which plugin runs cluster 'x': {"plugin": NAME}"#
    ),
    (
      #"{"clusters": {"x": {"plugin": "pbs"}}}"#,
      "the cluster registry layer 0 gives cluster 'x' the plugin 'pbs', which does not exist; known: dummy, local, slurm"
    ),
    (
      #"{"plugins": {"x": {"builtin": "y"}}, "clusters": {"x": {"plugin": "x"}}}"#,
      "the cluster registry layer 0 starts plugin 'x' with the builtin 'y', which does not exist; known: dummy, local"
    ),
    (
      #"{"plugins": {"x": {"command": "y"}}, "clusters": {"x": {"plugin": "x"}}}"#,
      #"the cluster registry layer 0 must start plugin 'x' with either {"builtin": NAME} or {"command": [PROGRAM]}"#
    ),
  ])
  func anInvalidEntryAffectsOnlyItsCluster(json: String, sentence: String) throws {
    let registry = try Self.registry(json)
    #expect(registry.names.contains("x"))
    #expect(try registry.cluster("local").plugin == "local")
    #expect {
      _ = try registry.cluster("x")
    } throws: {
      ($0 as? RunRefusal)?.code == .invalidFile && "\($0)" == sentence
    }
  }

  @Test func programsAreFoundBesideTheirFileAndInThePath() throws {
    let folder = NSTemporaryDirectory() + "jobmon-programs-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder + "/bin", withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: folder + "/bin/mine", withDestinationPath: "/bin/false")
    _ = FileManager.default.createFile(
      atPath: folder + "/bin/dull", contents: nil, attributes: [.posixPermissions: 0o644])
    func why(_ command: String, path: String) -> String? {
      let layer = try? PluginRegistry.Layer(
        Data(
          #"{"plugins": {"p": {"command": ["\#(command)", "-v"]}}, "clusters": {"c": {"plugin": "p"}}}"#.utf8),
        source: folder + "/plugins.json")
      let registry = PluginRegistry(
        layers: [layer].compactMap { $0 }, builtins: [:], environment: ["PATH": path, "WHERE": folder])
      guard let executor = try? registry.cluster("c").makeExecutor() else { return nil }
      let journal = EventJournal()
      do {
        try executor.start(
          ExecutorContext(
            cluster: "c", options: [:], runUUID: "", workingDirectory: "/", environment: [], killGrace: 1,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })), events: journal)
      } catch { return "\(error)" }
      defer { executor.stop(.leaveRunning) }
      guard case .unavailable(let why)? = journal.description()?.health else { return nil }
      return why
    }
    let ended = "plugin p (\(folder)/bin/mine) exited with 1"
    #expect(why("bin/mine", path: "") == ended)
    #expect(why("mine", path: "/nowhere:\(folder)/bin") == ended)
    #expect(why("$WHERE/bin/mine", path: "") == ended)
    #expect(
      why("mine", path: "/nowhere")
        == "plugin 'p' needs the program mine, which was not found beside jobmon or in PATH: install it, or correct plugins.p.command (from: \(folder)/plugins.json)"
    )
    #expect(
      why("bin/dull", path: "")
        == "plugin 'p' is started by \(folder)/bin/dull, which is not executable: run chmod +x on it")
  }

  @Test func filesThatOthersCanWriteAreRefused() throws {
    let path = NSTemporaryDirectory() + "jobmon-registry-\(UUID().uuidString).json"
    defer { unlink(path) }
    try Data(#"{"clusters": {"mine": {"plugin": "local"}}}"#.utf8).write(to: URL(fileURLWithPath: path))
    chmod(path, 0o644)
    #expect(try PluginRegistry.standard(file: path, environment: [:]).cluster("mine").source == path)
    #expect(
      try PluginRegistry.standard(file: nil, environment: ["JOBMON_PLUGINS": path]).names.contains("mine"))
    chmod(path, 0o666)
    #expect {
      try PluginRegistry.standard(file: path, environment: [:])
    } throws: {
      "\($0)"
        == "the cluster registry \(path) decides which programs run and can be written by others: run chmod go-w on it"
    }
    #expect(throws: RunRefusal(RegistryFault.missing(path: "/no/such.json"))) {
      try PluginRegistry.standard(file: "/no/such.json", environment: [:])
    }
  }

  private static func registry(_ layers: String...) throws -> PluginRegistry {
    let standard = [try PluginRegistry.Layer(Data(PluginRegistry.compiledIn.utf8), source: "built in")]
    let others = try layers.enumerated().map {
      try PluginRegistry.Layer(Data($1.utf8), source: "layer \($0)")
    }
    return PluginRegistry(
      layers: standard + others, builtins: PluginRegistry.builtins, environment: ["SIZE": "4G"])
  }
}
