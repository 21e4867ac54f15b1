/// How a task instance ended.
public struct Outcome: Hashable, Codable, Sendable {
  /// Why it ended; `exit(0)` is the only success.
  public var cause: Cause
  /// When the command started, by the wall clock; nil if it did not start or the time is unknown.
  public var started: Timestamp?
  /// When the command ended, by the wall clock; nil if unknown. The store then records when the engine received the
  /// outcome.
  public var ended: Timestamp?
  /// The node on which it ran, as named by the cluster; nil if none or unknown.
  public var node: String?
  /// The resources it used; nil if nothing was measured.
  public var usage: ResourceUsage?
  /// Details for a person in addition to the cause.
  public var message: String?
  /// true: another attempt would fail in the same way, so there is none.
  public var isPermanent: Bool?
  /// true: the disk of its log files was full, so the attempt could not start, or failed while running.
  public var isLogDiskFull: Bool?

  /// An outcome. Unknown values are left out.
  public init(
    cause: Cause, started: Timestamp? = nil, ended: Timestamp? = nil, node: String? = nil,
    usage: ResourceUsage? = nil, message: String? = nil, isPermanent: Bool? = nil,
    isLogDiskFull: Bool? = nil
  ) {
    self.cause = cause
    self.started = started
    self.ended = ended
    self.node = node
    self.usage = usage
    self.message = message
    self.isPermanent = isPermanent
    self.isLogDiskFull = isLogDiskFull
  }
}
