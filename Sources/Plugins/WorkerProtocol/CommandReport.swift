/// How a command ended, and what it used.
public struct CommandReport: Hashable, Sendable {
  /// The attempt's id, as in its order.
  public var instance: Int64
  /// Why the command is over.
  public var end: CommandEnd
  /// Milliseconds since 1970; 0 where it never ran.
  public var started: Int64
  /// Milliseconds since 1970.
  public var ended: Int64
  /// Microseconds by a clock that does not jump.
  public var wall: Int64
  /// Microseconds of processor time, descendants included.
  public var cpu: Int64
  /// Bytes; 0 where it could not be distinguished from the worker's own.
  public var peakMemory: Int64
  /// Figures and circumstances for a person; empty where there are none.
  public var message: String

  /// Makes a report; the wall clock in milliseconds, durations in microseconds, memory in bytes.
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
