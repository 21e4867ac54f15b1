import JobmonModel

/// A clock that advances only on request, so that a week on a cluster can be simulated in seconds.
///
/// A run on such a cluster advances the clock when nothing else can happen: to the next event in the cluster, or to the
/// time at which the engine wants to wake up. Its tasks are submitted without environments and files, because no
/// commands are run in simulated time.
public protocol SimulatedClock: AnyObject, Sendable {
  /// The cluster's present time, by its monotonic and its wall clock.
  var now: Instant { get }
  /// The time of the next event in the cluster, in monotonic milliseconds; nil if there is none.
  var next: Int64? { get }
  /// Advances to this time (monotonic milliseconds). All events up to then have been posted when it returns.
  func advance(to moment: Int64)
}
