import JobmonModel

/// The run that holds a workflow.
public struct LeaseHolder: Hashable, Codable, Sendable {
  /// The run that holds the workflow.
  public var run: WorkflowRunID
  /// The process that drives it.
  public var driver: DriverRecord
  /// Moves as long as the driver lives.
  public var beats: Int64
  /// When the run began, by the wall clock of its host.
  public var since: Timestamp
  /// The UUID of the run that has asked this one to let go, if any has.
  public var askedBy: String?

  /// A holder as it is read from the store.
  public init(run: WorkflowRunID, driver: DriverRecord, beats: Int64, since: Timestamp, askedBy: String?) {
    self.run = run
    self.driver = driver
    self.beats = beats
    self.since = since
    self.askedBy = askedBy
  }
}
