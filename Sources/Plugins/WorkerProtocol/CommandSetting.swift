/// What all commands of a worker share. Paths and variables, here and in ``CommandOrder``, are OSText: they can
/// represent bytes that are not UTF-8.
public struct CommandSetting: Hashable, Sendable {
  /// `NAME=value`.
  public var environment: [String]
  /// The working directory of all commands.
  public var directory: String
  /// Milliseconds between TERM and KILL.
  public var grace: Int64
  /// Whether to enforce memory limits with control groups if possible; otherwise they are enforced by sampling.
  public var usesControlGroups: Bool
  /// Whether a command that exits with 0 counts as failed if the kernel killed one of its processes for memory.
  public var memoryKillIsFailure: Bool

  /// Creates a setting; the grace period in milliseconds.
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
