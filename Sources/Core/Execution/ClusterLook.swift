import Foundation
import JobmonModel
import Logging

/// What shows of a cluster from outside: it is opened, asked what it is, and left.
public struct ClusterLook: Sendable {
  /// The cluster's name in the registry.
  public var name: String
  /// nil where its entry makes no sense.
  public var plugin: String?
  /// `ready`, or why it cannot be used.
  public var health: String
  /// Where the registry has it from: `built in`, or the path of a file; empty where nobody knows.
  public var source: String
  /// nil where it did not say.
  public var description: ExecutorDescription?

  /// Looks at all clusters of a registry, at the same time.
  ///
  /// - Parameters:
  ///   - environment: `NAME=value`, for plugins.
  ///   - patience: seconds that one may take.
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

/// Filled in from several threads, an element each.
private final class LookList: @unchecked Sendable {
  private let lock = NSLock()
  private var looks: [ClusterLook?]

  init(count: Int) { looks = Array(repeating: nil, count: count) }

  func set(_ index: Int, _ look: ClusterLook) { lock.withLock { looks[index] = look } }
  var all: [ClusterLook] { lock.withLock { looks.compactMap { $0 } } }
}
