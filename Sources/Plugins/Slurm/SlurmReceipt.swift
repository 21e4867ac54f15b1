import JobmonCore

/// The controller's answer to an accepted submission.
package struct SlurmReceipt: Sendable {
  /// The id of the array.
  package var job: UInt32
  /// A message of a plugin of the site.
  package var message: String

  package init(job: UInt32, message: String) {
    self.job = job
    self.message = message
  }
}
