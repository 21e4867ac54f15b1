/// Whether another attempt may succeed where a command could not start. The numbers are those of frames; a report of
/// an earlier version has 0.
public enum LaunchFault: Int, Hashable, CaseIterable, Sendable {
  /// It may go away by itself: no further process, a file system that does not answer.
  case temporary = 0
  /// The working directory cannot be entered, and another attempt on this machine would find the same.
  case directory = 1
  /// Something else, such as a log file that may not be written, that another attempt would find the same.
  case permanent = 2
  /// There is no room for its log files.
  case fullDisk = 3
}
