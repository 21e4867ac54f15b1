import Foundation
import JobmonModel
import Logging

/// The state of a cluster, found by opening it, reading its `info`, and closing it.
public struct ClusterLook: Sendable {
  /// The cluster's name in the registry.
  public var name: String
  /// The name of its plugin; nil if its registry entry is not valid.
  public var plugin: String?
  /// `ready`, or why it cannot be used.
  public var health: String
  /// The origin of its registry entry: `built in`, or the path of a file; empty if unknown.
  public var source: String
  /// Its description; nil if it sent none.
  public var description: ExecutorDescription?

  /// Examines all clusters of a registry at the same time.
  ///
  /// - Parameters:
  ///   - environment: `NAME=value`, for plugins.
  ///   - patience: maximum number of seconds per cluster.
  public static func all(of registry: PluginRegistry, environment: [String], patience: Double = 15)
    -> [ClusterLook]
  {
    let names = registry.names
    let looks = LookList(count: names.count)
    DispatchQueue.concurrentPerform(iterations: names.count) { index in
      looks.set(index, look(at: names[index], in: registry, environment, patience))
    }
    return looks.all
  }

  private static func look(
    at name: String, in registry: PluginRegistry, _ environment: [String], _ patience: Double
  ) -> ClusterLook {
    let cluster: PluginRegistry.Cluster
    do {
      cluster = try registry.cluster(name)
    } catch {
      return ClusterLook(
        name: name, plugin: nil, health: "broken: \(error)", source: registry.fault(of: name)?.source ?? "")
    }
    var look = ClusterLook(
      name: name, plugin: cluster.plugin, health: "unavailable: no answer", source: cluster.source)
    let executor = cluster.makeExecutor()
    let journal = EventJournal()
    do {
      try executor.start(
        ExecutorContext(
          cluster: name, options: cluster.options, runUUID: UUID().uuidString.lowercased(),
          workingDirectory: OSFile.currentFolder, environment: environment, killGrace: 1,
          logger: Logger(label: "cluster.\(name)")), events: journal)
    } catch {
      look.health = "unavailable: \(error)"
      return look
    }
    if let description = journal.description(within: patience) {
      switch description.health {
      case .ready:
        look.health = "ready"
        look.description = description
      case .unavailable(let why): look.health = "unavailable: \(why)"
      }
    }
    executor.stop(.leaveRunning)
    return look
  }
}

/// Filled by several threads, one element by each.
private final class LookList: @unchecked Sendable {
  private let lock = NSLock()
  private var looks: [ClusterLook?]

  init(count: Int) { looks = Array(repeating: nil, count: count) }

  func set(_ index: Int, _ look: ClusterLook) { lock.withLock { looks[index] = look } }
  var all: [ClusterLook] { lock.withLock { looks.compactMap { $0 } } }
}
