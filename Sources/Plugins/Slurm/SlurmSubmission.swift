import JobmonCore

/// An array job to submit.
package struct SlurmSubmission: Sendable {
  package var name: String
  package var comment: String
  package var script: String
  /// The job's working directory.
  package var directory: String
  /// The file to which the script's output is appended.
  package var output: String
  /// As in `0-9,12`; nil for a job that is not an array.
  package var array: String?
  package var environment: [String]
  package var partition: String?
  package var account: String?
  package var constraints: String?
  package var cores: Int
  /// MiB.
  package var memory: Int64?
  /// The time limit; nil for the partition's limit.
  package var minutes: Int64?
  /// How many seconds before the time limit the script gets USR2; 0 for never.
  package var warning: Int64
  package var requeue: Bool
  /// By their long names of sbatch(1).
  package var attributes: [String: String]
}
