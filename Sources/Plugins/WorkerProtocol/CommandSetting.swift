/// What all commands of a worker share. Paths and variables, here and in ``CommandOrder``, are OSText: they may stand for
/// bytes that are no UTF-8.
public struct CommandSetting: Hashable, Sendable {
  /// `NAME=value`.
  public var environment: [String]
  /// The working directory of all commands.
  public var directory: String
  /// Milliseconds between TERM and KILL.
  public var grace: Int64
  /// Whether to enforce memory limits with control groups, if possible, or else by looking.
  public var usesControlGroups: Bool
  /// Whether a command that exits with 0 has failed where the kernel killed one of its processes for memory.
  public var memoryKillIsFailure: Bool

  /// Makes what all commands share; the grace in milliseconds.
  public init(
    environment: [String], directory: String, grace: Int64, usesControlGroups: Bool,
    memoryKillIsFailure: Bool = true
  ) {
    self.environment = environment
    self.directory = directory
    self.grace = grace
    self.usesControlGroups = usesControlGroups
    self.memoryKillIsFailure = memoryKillIsFailure
  }
}
