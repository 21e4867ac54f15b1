/// Whether another attempt may succeed after a command could not start. The raw values are used in frames. Reports of
/// an earlier version contain 0.
public enum LaunchFault: Int, Hashable, CaseIterable, Sendable {
  /// The cause may disappear by itself: the process limit is reached, a file system does not answer.
  case temporary = 0
  /// The working directory cannot be entered; another attempt on this machine would fail in the same way.
  case directory = 1
  /// Another permanent cause, such as a log file without write permission; another attempt would fail in the same way.
  case permanent = 2
  /// The disk of its log files is full.
  case fullDisk = 3
}
