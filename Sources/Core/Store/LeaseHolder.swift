import JobmonModel

/// The run that holds a workflow.
public struct LeaseHolder: Hashable, Codable, Sendable {
  /// The run's id.
  public var run: WorkflowRunID
  /// The process that drives the run.
  public var driver: DriverRecord
  /// The number of heartbeats. It increases as long as the driver is alive.
  public var beats: Int64
  /// When the run began, by the wall clock of its host.
  public var since: Timestamp
  /// The UUID of the run that has asked this run to hand over; nil if there is none.
  public var askedBy: String?

  /// A holder as read from the store.
  public init(run: WorkflowRunID, driver: DriverRecord, beats: Int64, since: Timestamp, askedBy: String?) {
    self.run = run
    self.driver = driver
    self.beats = beats
    self.since = since
    self.askedBy = askedBy
  }
}
