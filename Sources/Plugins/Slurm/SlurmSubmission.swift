import JobmonCore

/// An array of jobs.
package struct SlurmSubmission: Sendable {
  package var name: String
  package var comment: String
  package var script: String
  /// The job's working directory.
  package var directory: String
  /// The file that what the script writes is appended to.
  package var output: String
  /// As in `0-9,12`.
  package var array: String
  package var environment: [String]
  package var partition: String?
  package var account: String?
  package var constraints: String?
  package var cores: Int
  /// MiB.
  package var memory: Int64?
  /// The time limit; nil is the partition's.
  package var minutes: Int64?
  /// Seconds before the end of the time at which the script gets USR2; 0: never.
  package var warning: Int64
  package var requeue: Bool
  /// By their long names of sbatch(1).
  package var attributes: [String: String]
}
