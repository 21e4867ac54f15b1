import JobmonCore

/// Why a call failed, and what this means for a submission.
package struct SlurmError: Error, CustomStringConvertible, Sendable {
  package enum Meaning: Sendable {
    /// It will never be accepted.
    case permanent
    /// The controller is unreachable or busy: the submission was not accepted.
    case temporary
    /// A state of the site that passes, such as a drained partition or a reservation that is not usable now.
    case passing
    /// The controller cannot accept more jobs.
    case full
    /// A limit of the account on the number or size of jobs; the request alone may exceed it.
    case limit
    /// No answer: the submission may have been accepted.
    case unknown
  }

  package var meaning: Meaning
  package var description: String

  package init(_ meaning: Meaning, _ description: String) {
    self.meaning = meaning
    self.description = description
  }
}
