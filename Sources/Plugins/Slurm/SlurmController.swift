import JobmonCore

/// The functions of a Slurm controller that the executor needs. Only one thread calls them. A call may take as long as
/// Slurm allows.
package protocol SlurmController: Sendable {
  var access: SlurmAccess { get }
  /// Reads the configuration; must be called first.
  func connect()
  func limits() throws(SlurmError) -> SlurmLimits
  /// The partitions, with the limits of their own.
  ///
  /// - Throws: a permanent error if this user may not see them (`PrivateData=partitions`).
  func partitions() throws(SlurmError) -> [ClusterQueue]
  /// - Throws: a permanent error if this user may not see them (`PrivateData=nodes`).
  func nodes() throws(SlurmError) -> [SlurmNode]
  func submit(_ submission: SlurmSubmission) throws(SlurmError) -> SlurmReceipt
  /// All records of this user.
  func jobs() throws(SlurmError) -> [SlurmJob]
  /// The accounting records of these jobs and arrays since a time (seconds since 1970).
  func accounts(of jobs: [UInt32], since: Int64) throws(SlurmError) -> [SlurmJob]
  /// Ends `12`, `12_7` or `12_[1,3-5]`.
  func cancel(_ jobs: String) throws(SlurmError)
  /// A state in Slurm's words.
  func text(ofState state: UInt32) -> String
}
