import JobmonModel

/// A time that stands still until it is told to go on: so a week of a cluster passes in seconds.
///
/// A run on such a cluster moves it when nothing else can happen: to the next moment at which something happens in the
/// cluster, or at which the engine wanted to be woken. Its tasks are submitted without environments and files: no command
/// is run in such a time.
public protocol SimulatedClock: AnyObject, Sendable {
  /// The time that the cluster has come to: its monotonic and its wall clock.
  var now: Instant { get }
  /// When something happens in the cluster by itself, in monotonic milliseconds; nil: never.
  var next: Int64? { get }
  /// Goes on to this moment (monotonic milliseconds). What happens until then has been posted when this returns.
  func advance(to moment: Int64)
}
