import JobmonCore

/// The controller's answer to a submission that it has accepted.
package struct SlurmReceipt: Sendable {
  /// The id of the array.
  package var job: UInt32
  /// What a plugin of the site had to say.
  package var message: String

  package init(job: UInt32, message: String) {
    self.job = job
    self.message = message
  }
}
