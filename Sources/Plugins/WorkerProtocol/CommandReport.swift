/// How a command ended, and what it used.
public struct CommandReport: Hashable, Sendable {
  /// The attempt's id, from its order.
  public var instance: Int64
  /// Why the command ended.
  public var end: CommandEnd
  /// Milliseconds since 1970; 0 if it never ran.
  public var started: Int64
  /// Milliseconds since 1970.
  public var ended: Int64
  /// Microseconds by the monotonic clock.
  public var wall: Int64
  /// Microseconds of processor time, including descendants.
  public var cpu: Int64
  /// Bytes; 0 if it could not be told apart from the worker's own memory.
  public var peakMemory: Int64
  /// Further details for the user; empty if there are none.
  public var message: String

  /// Creates a report; the wall clock in milliseconds, durations in microseconds, memory in bytes.
  public init(
    instance: Int64, end: CommandEnd, started: Int64, ended: Int64, wall: Int64, cpu: Int64,
    peakMemory: Int64,
    message: String
  ) {
    self.instance = instance
    self.end = end
    self.started = started
    self.ended = ended
    self.wall = wall
    self.cpu = cpu
    self.peakMemory = peakMemory
    self.message = message
  }
}
