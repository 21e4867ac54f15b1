import Foundation
import JobmonCore
import Testing

@testable import BuiltinPlugins

/// Which clusters there are, by the registry's layers.
@Suite struct RegistryTests {
  @Test func compiledInIsTheFileOfTheSourceTree() throws {
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
    #expect(registry.names == ["local", "multiprocess", "sequential"])
    let sequential = try registry.cluster("sequential")
    #expect(sequential.plugin == "local")
    #expect(sequential.options == ["slots": .integer(1)])
    #expect(sequential.source == "built in")
  }

  @Test func laterLayersWinKeyByKey() throws {
    let registry = try Self.registry(
      #"{"clusters": {"local": {"options": {"memory": "$SIZE", "queues": [{"name": "~/q"}]}}, "sequential": null}}"#,
      #"{"clusters": {"local": {"options": {"slots": null, "queues": null}}, "wide": {"plugin": "local"}}}"#)
    #expect(registry.names == ["local", "multiprocess", "wide"])
    let local = try registry.cluster("local")
    #expect(local.options == ["memory": .string("4G")])
    #expect(local.source == "layer 1")
  }

  @Test func unknownClusterNamesTheNearest() throws {
    let registry = try PluginRegistry.standard(file: nil, environment: [:])
    #expect {
      try registry.cluster("sequental")
    } throws: { error in
      (error as? RunRefusal)?.code == .unknownCluster
        && "\(error)"
          == "there is no cluster 'sequental'; did you mean 'sequential'? Known: local, multiprocess, sequential"
    }
  }

  @Test(arguments: [
    (#"{"clusters": "#, "the cluster registry layer 0 is no JSON:"),
    (#"[]"#, "the cluster registry layer 0 must be an object with plugins and clusters"),
    (
      #"{"cluster": {}}"#,
      "the cluster registry layer 0 has the key 'cluster'; it may have clusters and plugins"
    ),
    (
      #"{"clusters": {"x": 1}}"#,
      "the cluster registry layer 0 clusters.x must be an object, or null to remove it"
    ),
    (
      #"{"clusters": {"x": {}}}"#,
      #"the cluster registry layer 0 does not say which plugin runs cluster 'x': {"plugin": NAME}"#
    ),
    (
      #"{"clusters": {"x": {"plugin": "slurm"}}}"#,
      "the cluster registry layer 0 gives cluster 'x' the plugin 'slurm', which there is not; known: local"
    ),
    (
      #"{"plugins": {"x": {"builtin": "y"}}}"#,
      "the cluster registry layer 0 starts plugin 'x' by the builtin 'y', which there is not; known: local"
    ),
    (
      #"{"plugins": {"x": {"command": "y"}}}"#,
      #"the cluster registry layer 0 must start plugin 'x' either by {"builtin": NAME} or by {"command": [PROGRAM]}"#
    ),
  ])
  func nonsenseIsRefused(json: String, sentence: String) {
    #expect {
      _ = try Self.registry(json)
    } throws: {
      ($0 as? RunRefusal)?.code == .invalidFile && "\($0)".hasPrefix(sentence)
    }
  }

  @Test func programsOfTheirOwnAreRefusedWhenUsed() throws {
    let registry = try Self.registry(
      #"{"plugins": {"p": {"command": ["my-plugin", "-v"]}}, "clusters": {"c": {"plugin": "p"}}}"#)
    let executor = try registry.cluster("c").makeExecutor()
    let bench = try Bench()
    #expect {
      try executor.start(bench.context, events: bench.recorder)
    } throws: {
      "\($0)"
        == "plugin 'p' (my-plugin -v) is a program of its own: clusters of this kind are not supported by this version"
    }
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
      "\($0)".hasPrefix("the cluster registry \(path) can be written by others")
    }
    #expect(throws: RunRefusal(.invalidFile, "there is no cluster registry /no/such.json")) {
      try PluginRegistry.standard(file: "/no/such.json", environment: [:])
    }
  }

  private static func registry(_ layers: String...) throws -> PluginRegistry {
    let standard = [try PluginRegistry.Layer(Data(PluginRegistry.compiledIn.utf8), source: "built in")]
    let others = try layers.enumerated().map {
      try PluginRegistry.Layer(Data($1.utf8), source: "layer \($0)")
    }
    return try PluginRegistry(
      layers: standard + others, builtins: PluginRegistry.builtins, environment: ["SIZE": "4G"])
  }
}
