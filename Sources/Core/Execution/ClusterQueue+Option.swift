import JobmonModel

extension ClusterQueue {
  /// Parses the option `queues` of clusters whose queues are defined in the registry.
  ///
  /// - Throws: ``ExecutorError`` about an invalid value.
  public static func list(option value: JSONValue, cluster: String) throws -> [ClusterQueue] {
    guard case .array(let list) = value else {
      throw bad(
        cluster, "queues", #"a list such as [{"name": "short.q", "max_runtime": "1h", "default": true}]"#)
    }
    return try list.map { try queue($0, cluster: cluster) }
  }

  private static func queue(_ value: JSONValue, cluster: String) throws -> ClusterQueue {
    guard case .object(let keys) = value, case .string(let name)? = keys["name"], !name.isEmpty else {
      throw bad(cluster, "queues", #"objects with a "name""#)
    }
    var queue = ClusterQueue(name: name)
    for (key, value) in keys where value != .null {
      switch (key, value) {
      case ("name", _): break
      case ("default", .bool(let flag)): queue.isDefault = flag
      case ("max_cores", .integer(let number)) where number >= 1: queue.maxCores = Int(number)
      case ("max_cores", _):
        throw bad(cluster, "queues.\(name).max_cores", "a number of cores, 1 or more", value)
      case ("max_memory", _):
        guard let limit = value.bytes else {
          throw bad(cluster, "queues.\(name).max_memory", #"a size, such as "16G""#, value)
        }
        queue.maxMemory = limit
      case ("max_runtime", _):
        guard let limit = value.seconds else {
          throw bad(cluster, "queues.\(name).max_runtime", #"a time, such as "2h""#, value)
        }
        queue.maxRuntime = limit
      default:
        throw bad(
          cluster, "queues.\(name).\(key)",
          "one of name, default (true), max_cores (4), max_memory (8G), max_runtime (2h)")
      }
    }
    return queue
  }

  private static func bad(_ cluster: String, _ key: String, _ expected: String, _ value: JSONValue? = nil)
    -> ExecutorError
  {
    ClusterOption.wrong(key, of: cluster, mustBe: expected, not: value)
  }
}

/// Sizes and times in options, by the rules of workflow files.
extension JSONValue {
  /// Bytes: `"16G"`, `"512 MiB"`; a number without a unit is in GiB. nil if the value is not a valid size.
  public var bytes: Int64? { plain.flatMap(MemorySize.bytes) }

  /// Seconds: `3600`, `"2h"`, `"1h30m"`. nil if the value is not a valid time.
  public var seconds: Int64? { plain.flatMap(RuntimeSpan.seconds) }

  private var plain: String? {
    switch self {
    case .string(let text): text
    case .integer(let number): "\(number)"
    case .number(let number): "\(number)"
    default: nil
    }
  }
}
