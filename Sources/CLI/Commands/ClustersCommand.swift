import ArgumentParser
import BuiltinPlugins
import Foundation
import JobmonCore
import OSText

struct ClustersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clusters",
    abstract: "List the clusters that tasks can run on, and whether they can be used now.")

  @Option(
    name: .customLong("plugins"), help: ArgumentHelp("A plugins.json over the others.", valueName: "file"))
  var plugins: String?

  @Flag(name: .short, help: "Show limits and capabilities, too.")
  var verbose = false

  @OptionGroup var output: OutputOptions

  func run() throws {
    let registry = try PluginRegistry.standard(file: plugins)
    let environment = OSText.environment
    let looks = ClusterLook.all(of: registry, environment: environment)
    var listing =
      verbose
      ? Listing("NAME", "PLUGIN", "HEALTH", "QUEUES", "SOURCE", "PLACEMENT", "LIMITS", "CAPABILITIES")
      : Listing("NAME", "PLUGIN", "HEALTH", "QUEUES", "SOURCE")
    listing.rows = looks.map { look in
      let queues = look.description?.queues.map { JSONValue.string($0.name) } ?? []
      let row: [JSONValue] = [
        .string(look.name), JSONValue(look.plugin), .string(look.health), .array(queues),
        .string(look.source),
      ]
      guard verbose else { return row }
      return row + [
        JSONValue(look.description?.placement.words),
        .array(look.description?.queues.compactMap(\.limits).map { .string($0) } ?? []),
        .array(look.description?.capabilities.map(\.rawValue).sorted().map { .string($0) } ?? []),
      ]
    }
    try listing.tell(output)
  }
}

extension Placement {
  fileprivate var words: String {
    switch self {
    case .backend(let most): "its own, up to \(most) tasks"
    case .core(let nodes): "\(nodes.count) nodes, \(nodes.reduce(0) { $0 + $1.cores }) cores"
    }
  }
}

extension ClusterQueue {
  fileprivate var limits: String? {
    let parts = [
      maxCores.map { "\($0) cores" }, maxMemory.map(ByteCount.text), maxRuntime.map { "\($0) s" },
    ].compactMap { $0 }
    return parts.isEmpty ? nil : "\(name): \(parts.joined(separator: " "))"
  }
}
