import ArgumentParser
import BuiltinPlugins
import Foundation
import JobmonCore
import OSText

struct ClustersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the configured clusters and whether they can be used.",
    discussion: "EXAMPLE: jobmon cluster list -v")

  @OptionGroup var pluginsOption: PluginsOption

  @Flag(name: .short, help: "Also show limits and capabilities.")
  var verbose = false

  @OptionGroup var output: ListOptions

  func run() throws {
    let registry = try PluginRegistry.standard(file: pluginsOption.plugins)
    let environment = OSText.environment
    let looks = ClusterLook.all(of: registry, environment: environment)
    let rows = looks.map(ClusterRow.init)
    if verbose {
      try Listing(rows.map(VerboseClusterRow.init)).tell(output)
    } else {
      try Listing(rows).tell(output)
    }
  }
}

private struct ClusterRow: ListedRow {
  var look: ClusterLook

  enum CodingKeys: CodingKey, CaseIterable { case name, plugin, health, queues, source }
  static var givesWay: [CodingKeys] { [.source, .queues] }
  static var mainColumn: CodingKeys? { .health }

  var values: [JSONValue] {
    [
      .string(look.name), JSONValue(look.plugin), .string(look.health),
      .array(look.description?.queues.map { .string($0.name) } ?? []), .string(look.source),
    ]
  }
}

private struct VerboseClusterRow: ListedRow {
  var row: ClusterRow

  enum CodingKeys: CodingKey, CaseIterable {
    case name, plugin, health, queues, source, placement, limits, capabilities, description
  }
  static var givesWay: [CodingKeys] { [.capabilities, .limits, .source, .queues, .placement, .description] }
  static var mainColumn: CodingKeys? { .health }

  var values: [JSONValue] {
    let description = row.look.description
    return row.values + [
      JSONValue(description?.placement.words),
      .array(description?.queues.compactMap(\.limits).map { .string($0) } ?? []),
      .array(description?.capabilities.map(\.rawValue).sorted().map { .string($0) } ?? []),
      JSONValue(description?.about),
    ]
  }
}

extension Placement {
  fileprivate var words: String {
    switch self {
    case .backend(let most): "its own, up to \(CountText.of(most, "task"))"
    case .core(let nodes): "\(CountText.of(nodes.count, "node")), \(nodes.reduce(0) { $0 + $1.cores }) cores"
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
