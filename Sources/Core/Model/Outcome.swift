/// How a task instance ended.
public struct Outcome: Hashable, Codable, Sendable {
  /// Why it ended; `exit(0)` is the only success.
  public var cause: Cause
  /// When the command started, by the wall clock; nil where it never did or nobody has said when.
  public var started: Timestamp?
  /// When the command ended, by the wall clock; nil where nobody has said: then the store keeps when the engine heard
  /// of it.
  public var ended: Timestamp?
  /// The node that it ran on, by the cluster's name; nil where it had none or that is not known.
  public var node: String?
  /// What it used; nil where nothing was measured.
  public var usage: ResourceUsage?
  /// Figures and circumstances for a person, beyond what the cause says.
  public var message: String?
  /// true: another attempt would fail in the same way, so there is none.
  public var isPermanent: Bool?
  /// true: the disk of its log files had no room, so it could not start, or failed meanwhile.
  public var isLogDiskFull: Bool?

  /// An outcome; all that is not known is left out.
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
