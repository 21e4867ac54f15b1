import Foundation

extension SlurmError {
  /// Reads why a command has failed, from its standard error.
  ///
  /// The sentences are those of slurm_strerror() in the releases 22.05 to 26.05. What is not listed is permanent: the
  /// request itself was refused.
  init(refusal errors: String) {
    let message = SlurmText.messages(errors)
    let known = Self.sentences.first { message.contains($0.sentence) }
    self.init(known?.meaning ?? .permanent, message.isEmpty ? "no reason was given" : message)
  }

  private static let sentences: [(sentence: String, meaning: Meaning)] = [
    // sbatch(1) waits and retries these; it is ended then: see isWaitingToRetry(_:).
    ("sleeping and retrying", .full),
    ("temporarily disabled, retrying", .temporary),
    ("Resource temporarily unavailable", .full),
    ("Job violates accounting/QOS policy", .limit),
    ("Requested account has breached requested QOS usage threshold", .limit),
    ("Communication connection failure", .temporary),
    ("Unable to contact slurm controller (connect failure)", .temporary),
    ("Protocol authentication error", .temporary),
    ("Invalid authentication credential", .temporary),
    ("Failed to connect to authentication agent", .temporary),
    ("Bad argument to plugin function", .temporary),
    ("Cannot unpack credential", .temporary),
    ("Slurm backup controller in standby mode", .temporary),
    ("Controller is in standby mode", .temporary),
    ("Unable to create job record, try again", .temporary),
    ("Requested nodes are busy", .temporary),
    ("Unable to connect to database", .temporary),
    ("Connection refused", .temporary),
    ("Connection timed out", .temporary),
    ("Required partition not available (inactive or drain)", .passing),
    ("Partition in DOWN state", .passing),
    ("Required node not available (down, drained or reserved)", .passing),
    ("Requested reservation is in use", .passing),
    ("Requested reservation not usable now", .passing),
    ("Requested operation is presently disabled", .passing),
    ("Waiting for burst buffer", .passing),
    ("Unable to contact slurm controller (", .unknown),
    ("Message send failure", .unknown),
    ("Message receive failure", .unknown),
    ("Communication shutdown failure", .unknown),
    ("Received zero length message", .unknown),
    ("Received message length < 0", .unknown),
    ("Failed to send entire message", .unknown),
    ("Socket timed out on send/recv operation", .unknown),
    ("Zero Bytes were transmitted or received", .unknown),
    ("Header lengths are longer than data received", .unknown),
    ("Input/output error", .unknown),
  ]

  /// Whether sbatch(1) has been refused and waits to retry by itself, which can take minutes.
  static func isWaitingToRetry(_ errors: Data) -> Bool {
    String(decoding: errors, as: UTF8.self).contains("retrying")
  }
}
