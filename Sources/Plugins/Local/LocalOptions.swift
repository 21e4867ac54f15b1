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

  static let declared: [ClusterOption] = [
    ClusterOption("slots", .any, #"number of cores to use; "cores": all"#),
    ClusterOption("memory", .size, "memory to use"),
    ClusterOption("queues", .list, "queues and their limits"),
    ClusterOption(
      "oversubscribe", .boolean, "run tasks that request more memory than the machine has, one at a time"),
    ClusterOption("cgroups", .boolean, "enforce memory limits with control groups, if possible"),
    ClusterOption(
      "memory_kill_is_failure", .boolean,
      "whether exit code 0 is a failure if a process of the command was killed for memory"),
    ClusterOption("share_machine", .boolean, "share the machine with other runs"),
  ]

  /// - Throws: ``ExecutorError`` naming the option that makes no sense.
  init(_ options: [String: JSONValue], cluster: String) throws {
    try ClusterOption.check(options, against: Self.declared, cluster: cluster)
    func flag(_ name: String, _ value: inout Bool) {
      switch options[name] {
      case .bool(let flag)?: value = flag
      case .string(let text)?: value = text == "true"
      default: break
      }
    }
    flag("oversubscribe", &oversubscribe)
    flag("cgroups", &usesControlGroups)
    flag("memory_kill_is_failure", &memoryKillIsFailure)
    flag("share_machine", &sharesMachine)
    if let value = options["memory"], value != .null {
      guard let bytes = value.bytes, bytes > 0 else {
        throw ClusterOption.wrong("memory", of: cluster, mustBe: #"a size, such as "16G""#, not: value)
      }
      memory = min(bytes, Self.mostMemory)
    }
    if let value = options["queues"], value != .null {
      queues = try ClusterQueue.list(option: value, cluster: cluster)
    }
    switch options["slots"] {
    case nil, .null?, .string("cores")?: break
    case .integer(let number)? where Self.slots.contains(number): slots = Int(number)
    case .string(let text)? where Int64(text).map(Self.slots.contains) ?? false: slots = Int(text)
    case let value?:
      throw ClusterOption.wrong(
        "slots", of: cluster, mustBe: #"a number of cores from 1 to \#(Self.slots.upperBound), or "cores""#,
        not: value)
    }
  }
}

extension LocalExecutor {
  /// - Throws: ``ExecutorError`` naming the option of a cluster that there is not, or that makes no sense.
  public static func check(_ options: [String: JSONValue], cluster: String) throws {
    _ = try LocalOptions(options, cluster: cluster)
  }
}
