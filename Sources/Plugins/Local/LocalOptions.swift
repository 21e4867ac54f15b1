import JobmonCore

/// The options of a local cluster, as the registry gives them.
struct LocalOptions: Sendable {
  /// How many cores to fill; nil (`"cores"`): those that there are.
  var slots: Int?
  /// Bytes to fill; nil: those that there are.
  var memory: Int64?
  var queues: [ClusterQueue] = []
  /// Run what asks for more memory than there is, one at a time, instead of refusing it.
  var oversubscribe = false
  /// Enforce memory limits by control groups where they can be made (they count the page cache, too), or else by
  /// looking at the processes.
  var usesControlGroups = true
  /// A command that exits with 0 has failed where the kernel killed one of its processes for memory.
  var memoryKillIsFailure = true
  /// Take no more than this run's share while other runs are on the machine.
  var sharesMachine = true

  /// What a machine may have: the shares of all the runs on it are added up.
  private static let slots: ClosedRange<Int64> = 1...1_000_000
  private static let mostMemory: Int64 = 1 << 56

  /// - Throws: ``ExecutorError`` naming the option that makes no sense.
  init(_ options: [String: JSONValue], cluster: String) throws {
    for (key, value) in options.sorted(by: { $0.key < $1.key }) {
      switch (key, value) {
      case ("slots", .string("cores")), (_, .null): break
      case ("slots", .integer(let number)) where Self.slots.contains(number): slots = Int(number)
      case ("slots", .string(let text)) where Int64(text).map(Self.slots.contains) ?? false: slots = Int(text)
      case ("memory", _):
        guard let bytes = value.bytes, bytes > 0 else {
          throw ClusterOption.wrong(key, of: cluster, mustBe: #"a size, such as "16G""#, not: value)
        }
        memory = min(bytes, Self.mostMemory)
      case ("oversubscribe", .bool(let flag)): oversubscribe = flag
      case ("cgroups", .bool(let flag)): usesControlGroups = flag
      case ("share_machine", .bool(let flag)): sharesMachine = flag
      case ("memory_kill_is_failure", .bool(let flag)): memoryKillIsFailure = flag
      case ("queues", _): queues = try ClusterQueue.list(option: value, cluster: cluster)
      case ("slots", _):
        throw ClusterOption.wrong(
          key, of: cluster, mustBe: #"a number of cores from 1 to \#(Self.slots.upperBound), or "cores""#,
          not: value)
      case ("oversubscribe", _), ("cgroups", _), ("share_machine", _), ("memory_kill_is_failure", _):
        throw ClusterOption.wrong(key, of: cluster, mustBe: "true or false", not: value)
      default:
        throw ClusterOption.unknown(
          key,
          among: [
            "cgroups", "memory", "memory_kill_is_failure", "oversubscribe", "queues", "share_machine",
            "slots",
          ],
          cluster: cluster)
      }
    }
  }

}

extension LocalExecutor {
  /// - Throws: ``ExecutorError`` naming the option of a cluster that there is not, or that makes no sense.
  public static func check(_ options: [String: JSONValue], cluster: String) throws {
    _ = try LocalOptions(options, cluster: cluster)
  }
}
