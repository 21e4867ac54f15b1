import JobmonCore

/// The options of a local cluster, from the registry.
struct LocalOptions: Sendable {
  /// How many cores to use; nil (`"cores"`) for all.
  var slots: Int?
  /// How many bytes of memory to use; nil for all.
  var memory: Int64?
  var queues: [ClusterQueue] = []
  /// Run tasks that request more memory than the machine has one at a time, instead of rejecting them.
  var oversubscribe = false
  /// Enforce memory limits with control groups if they can be created (they also count the page cache), otherwise by
  /// sampling the processes.
  var usesControlGroups = true
  /// Whether a command that exits with 0 counts as failed if the kernel killed one of its processes for memory.
  var memoryKillIsFailure = true
  /// Use no more than this run's share while other runs are on the machine.
  var sharesMachine = true

  /// The valid range: the shares of all runs on a machine are added up.
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

  /// - Throws: ``ExecutorError`` naming the invalid option.
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
  /// - Throws: ``ExecutorError`` naming an option that is unknown or invalid.
  public static func check(_ options: [String: JSONValue], cluster: String) throws {
    _ = try LocalOptions(options, cluster: cluster)
  }
}
