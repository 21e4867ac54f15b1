import JobmonCore

/// What the executor needs of a Slurm controller. One thread calls it; a call may take as long as Slurm lets it.
package protocol SlurmController: Sendable {
  /// Reads the configuration: the first call.
  func connect()
  func limits() throws(SlurmError) -> SlurmLimits
  /// The partitions, with what their largest node has.
  func queues() throws(SlurmError) -> [ClusterQueue]
  func submit(_ submission: SlurmSubmission) throws(SlurmError) -> SlurmReceipt
  /// All records of this user.
  func jobs() throws(SlurmError) -> [SlurmJob]
  /// What the accounts have of these jobs and arrays since a time (seconds since 1970).
  func accounts(of jobs: [UInt32], since: Int64) throws(SlurmError) -> [SlurmJob]
  /// Ends `12`, `12_7` or `12_[1,3-5]`.
  func cancel(_ jobs: String) throws(SlurmError)
  /// A state in Slurm's words.
  func text(ofState state: UInt32) -> String
}
